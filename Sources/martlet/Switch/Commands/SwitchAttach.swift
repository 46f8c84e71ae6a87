import ArgumentParser
import Glibc
import MartletHost
import MartletReadiness
import MartletWire

/// `martlet switch attach`
struct SwitchAttach: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach",
    abstract: "Make a TAP in a namespace and hand its descriptor to a port.",
    discussion: """
      The port is of type 'attached'. The TAP appears in the namespace, set up, with --address if \
      given; it is gone when the switch lets go of it. With the namespaces of one's own user \
      (rootless containers, unshare -Urn) no privilege is needed.

        martlet switch add-port br0 box --type attached
        martlet switch attach --port box --netns 4711 --address 10.20.0.5/24 --gateway 10.20.0.1
      """)

  @OptionGroup var target: SwitchOptions
  @Option(help: ArgumentHelp("The port.", valueName: "name"))
  var port: String
  @Option(
    help: ArgumentHelp("A process, or a file such as /run/netns/NAME.", valueName: "pid|path"))
  var netns: String
  @Option(help: ArgumentHelp("What the TAP is called there.", valueName: "name"))
  var device = "eth0"
  @Option(help: ArgumentHelp("Its address.", valueName: "a.b.c.d/n"))
  var address: IPv4Prefix?
  @Option(help: ArgumentHelp("The default route there.", valueName: "a.b.c.d"))
  var gateway: IPv4Address?
  @Option(help: ArgumentHelp("Its MTU.", valueName: "bytes"))
  var mtu = 1500

  func validate() throws {
    guard (576...65_535).contains(mtu) else {
      throw ValidationError("--mtu: expected 576 to 65535, not \(mtu)")
    }
    if gateway != nil, address == nil {
      throw ValidationError("--gateway: reached by no address; give --address too")
    }
  }

  func run() throws {
    let isProcess = UInt32(netns) != nil
    let path = isProcess ? "/proc/\(netns)/ns/net" : netns
    // The socket is a path of this namespace's file system, which stays.
    let socket = SwitchFolder.attachSocket(in: target.directory)
    _ = try target.ask(["show", "text"])
    try DescriptorPassing.enterNetwork(
      at: path, user: isProcess && geteuid() != 0 ? "/proc/\(netns)/ns/user" : nil)
    let tap = try TunTapDevice.attach(.tap, to: device)
    let interface = HostInterface(device)
    try interface.setMaximumTransmissionUnit(mtu)
    if let address {
      try interface.configure(address)
    } else {
      try interface.setUp()
    }
    if let gateway { try interface.addDefaultRoute(by: gateway) }
    let answer = try DescriptorPassing.hand(tap, with: "\(port) \(mtu)", to: socket)
    guard answer == "ok" else {
      throw Failure(
        .unavailable, answer.hasPrefix("error ") ? String(answer.dropFirst(6)) : "no answer came")
    }
  }
}
