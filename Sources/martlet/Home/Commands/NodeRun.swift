import ArgumentParser
import MartletDevice
import MartletHost
import MartletHouse
import MartletNodes
import MartletStack
import MartletWire

/// `martlet node run`, which `martlet node` means: the node itself.
struct NodeRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run one node on a TAP device.",
    discussion: """
      Every node answers ping, TCP and UDP echo on port 7, TCP discard on 9, daytime on 13, chargen \
      on 19 and HTTP on 80; a device of a home is also found by DWN and worked by its hub. It prints \
      one line, "ready NAME ADDRESS MAC TAP", when it answers, and runs until Ctrl-C.

      A device obeys the hub that it is paired with: 'martlet node pair --node NAME' opens a window \
      and prints the code that the hub asks for. Until then anybody may close valves and nobody may \
      open one. With --auth none it obeys anyone on its network. Its key, the day's use of its valves \
      and a light's presets outlive the process, in $XDG_STATE_HOME/martlet/node-NAME.

      The TAP device is made if it is not there, which needs root (CAP_NET_ADMIN). Made once for a \
      user it needs no more privilege:

        sudo ip tuntap add dev tap0 mode tap user $USER
        sudo ip address add 10.9.0.1/24 dev tap0
        sudo ip link set tap0 up
        martlet node --tap tap0 --address 10.9.0.2/24
        ping 10.9.0.2
      """)

  @Argument(
    help: ArgumentHelp(
      "What it is: services, irrigation, led, alarm, presence.", valueName: "kind"))
  var kind: DeviceKindArgument = .services

  @Option(help: ArgumentHelp("The TAP device to answer on.", valueName: "name"))
  var tap: String

  @Option(help: ArgumentHelp("The node's address with its prefix.", valueName: "a.b.c.d/n"))
  var address: IPv4Prefix

  @Option(help: ArgumentHelp("The router for all other networks.", valueName: "a.b.c.d"))
  var gateway: IPv4Address?

  @Option(
    help: ArgumentHelp(
      "The node's Ethernet address (default: random; a device keeps its first one).",
      valueName: "mac"))
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

  @OptionGroup(title: "Options of a device of a home") var device: DeviceOptions

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
    if kind == .services, let option = device.firstGiven {
      throw ValidationError(
        "\(option): for a device of a home; expected 'martlet node irrigation', led, alarm or "
          + "presence")
    }
  }

  func run() async throws {
    let path = try control ?? RunFolder.socket(of: name.text)
    let home = kind == .services ? nil : try DeviceHome(name: name.text, options: device)
    let tapDevice = try TunTapDevice(
      .tap, named: tap, offloads: offload, linkAddress: mac ?? home?.linkAddress)
    let linkAddress = tapDevice.capabilities.linkAddress
    let loop = try EventLoop(name: "martlet-node")
    let configuration = Configuration()
    let network = NetworkStack(loop: loop, configuration: configuration)
    let captures = CaptureHub(.ethernet, name: tap)
    let interface = try await network.attach(CaptureDevice(tapDevice, sink: captures)).interface
    try await network.addAddress(address, on: interface)
    if let gateway { try await network.addGateway(gateway) }

    let start = await network.withStack { _, now in now }
    let (news, tell) = AsyncStream.makeStream(of: Ending.self)
    let identity = NodeIdentity(
      name: Array(name.text.utf8), address: address.address, linkAddress: linkAddress)
    try await network.addService { [kind] (stack, _) throws(StackError) in
      try NodeService(
        // A light has a page of its own.
        site: kind == .led ? nil : NodeSite(identity, interface: interface, start: start),
        on: &stack,
        connectionCount: configuration.connectionCount
      ) { event in
        switch event {
        case .addressConflict(let address, let other):
          Terminal.complain("\(address) is claimed by \(other) too; give one of both another")
        case .deviceEnded: tell.yield(.deviceEnded)
        }
      }
    }
    let handle = try await home?.add(
      kind.kind, to: network, on: interface, identity: identity,
      connectionCount: configuration.connectionCount)
    var node = ControlledNode(
      name: name.text, network: network, captures: captures, start: start)
    node.device = handle
    let server = try ControlServer(for: node, at: path, on: loop)
    let serving = Task(executorPreference: loop) { await server.run() }
    try Signals.onEnd { tell.yield(.asked) }
    Terminal.say("ready \(name.text) \(address) \(linkAddress) \(tap)")
    if let handle { await home?.announce(handle) }

    let panel = handle.flatMap { device.panel ? FrontPanel(of: name.text, $0) : nil }
    let showing = Task { await panel?.run(end: { tell.yield(.asked) }) }
    let ending = await news.first { _ in true }
    showing.cancel()
    await showing.value
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
