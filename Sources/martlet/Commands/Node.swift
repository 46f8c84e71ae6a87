import ArgumentParser
import MartletDevice
import MartletHost
import MartletNodes
import MartletStack
import MartletWire

/// `martlet node`: one stack on a TAP device.
struct Node: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run one node on a TAP device.",
    discussion: """
      The node answers ping, TCP and UDP echo on port 7, TCP discard on 9, daytime on 13, chargen \
      on 19 and HTTP on 80. It prints one line, "ready NAME ADDRESS MAC TAP", when it answers, and \
      runs until Ctrl-C.

      The TAP device is made if it is not there, which needs root (CAP_NET_ADMIN). Made once for a \
      user it needs no more privilege:

        sudo ip tuntap add dev tap0 mode tap user $USER
        sudo ip address add 10.9.0.1/24 dev tap0
        sudo ip link set tap0 up
        martlet node --tap tap0 --address 10.9.0.2/24
        ping 10.9.0.2
      """)

  @Option(help: ArgumentHelp("The TAP device to answer on.", valueName: "name"))
  var tap: String

  @Option(help: ArgumentHelp("The node's address with its prefix.", valueName: "a.b.c.d/n"))
  var address: IPv4Prefix

  @Option(help: ArgumentHelp("The router for all other networks.", valueName: "a.b.c.d"))
  var gateway: IPv4Address?

  @Option(help: ArgumentHelp("The node's Ethernet address (default: random).", valueName: "mac"))
  var mac: MACAddress?

  @Option(help: ArgumentHelp("The node's name: letters, digits, hyphens.", valueName: "name"))
  var name: NodeName = .standard

  @Option(
    help: ArgumentHelp(
      "Its control socket (default: NAME.sock in this user's run folder).", valueName: "path"))
  var control: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Leave checksums and the cutting of segments to the TAP device.")
  var offload = true

  func validate() throws {
    guard address.address.isUnicast, !address.address.isLoopback,
      address.length >= 31
        || (address.address != address.network && address.address != address.broadcast)
    else {
      throw ValidationError(
        "--address: \(address) is not a host's address; expected one like 10.9.0.2/24")
    }
    if let gateway {
      guard address.contains(gateway), gateway != address.address else {
        throw ValidationError(
          "--gateway: \(gateway) is not a neighbour in \(address); it could never be reached")
      }
    }
    if let mac, !mac.isUnicast {
      throw ValidationError("--mac: \(mac) is a group's address, not one card's")
    }
  }

  func run() async throws {
    let path = try control ?? RunFolder.socket(of: name.text)
    let device = try TunTapDevice(.tap, named: tap, offloads: offload, linkAddress: mac)
    let linkAddress = device.capabilities.linkAddress
    let loop = try EventLoop(name: "martlet-node")
    let configuration = Configuration()
    let network = NetworkStack(loop: loop, configuration: configuration)
    let captures = CaptureHub(.ethernet, name: tap)
    let interface = try await network.attach(CaptureDevice(device, sink: captures)).interface
    try await network.addAddress(address, on: interface)
    if let gateway { try await network.addGateway(gateway) }

    let start = await network.withStack { _, now in now }
    let (news, tell) = AsyncStream.makeStream(of: Ending.self)
    let identity = NodeIdentity(
      name: Array(name.text.utf8), address: address.address, linkAddress: linkAddress)
    try await network.addService { (stack, _) throws(StackError) in
      try NodeService(
        site: NodeSite(identity, interface: interface, start: start), on: &stack,
        connectionCount: configuration.connectionCount
      ) { event in
        switch event {
        case .addressConflict(let address, let other):
          Terminal.complain("\(address) is claimed by \(other) too; give one of both another")
        case .deviceEnded: tell.yield(.deviceEnded)
        }
      }
    }
    let node = ControlledNode(
      name: name.text, network: network, captures: captures, start: start)
    let server = try ControlServer(for: node, at: path, on: loop)
    let serving = Task(executorPreference: loop) { await server.run() }
    try Signals.onEnd { tell.yield(.asked) }
    Terminal.say("ready \(name.text) \(address) \(linkAddress) \(tap)")

    let ending = await news.first { _ in true }
    serving.cancel()
    await serving.value
    if ending == .deviceEnded {
      throw Failure(.unavailable, "interface \(tap) was removed; the node ends with it")
    }
  }

  private enum Ending {
    case asked, deviceEnded
  }
}
