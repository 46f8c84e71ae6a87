import MartletDevice
import MartletGateway
import MartletHost
import MartletHouse
import MartletStack
import MartletWire

/// A house that is up: its segment, its nodes, the ports that lead into it, and the host's kernel if
/// it joins.
final class RunningHouse: Sendable {
  let house: House
  let nodes: [RunningNode]
  /// The forwarded ports that carry TCP, each with what the house says of it.
  let forwarders: [(PortForwarder, PortForward)]
  /// The way out, if the house has one.
  let gateway: RunningGateway?
  /// The hub, if the house has devices.
  let hub: RunningHub?
  private let door: NetworkStack
  private let uplink: SegmentUplink<TunTapDevice>?

  /// Brings a house up. `tap` is the TAP by which the host's kernel joins, `port` the port of
  /// localhost for the first forward.
  init(
    _ house: House, tap: String?, port: UInt16?, loop: EventLoop,
    tell: @escaping @Sendable (String, NodeService.News) -> Void
  ) async throws {
    self.house = house
    let segment = SharedSegment()
    uplink = try Self.join(tap, house, segment, loop)
    var nodes: [RunningNode] = []
    // Drawn anew for each house that comes up: its hub and its nodes are paired from the start.
    var keys: [String: [UInt8]] = [:]
    for plan in house.nodes {
      var generator = SystemRandomNumberGenerator()
      let key = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      if !plan.isOpen { keys[HomeNode.id(of: MACAddress(ofNode: plan.name, in: house.name))] = key }
      nodes.append(
        try await RunningNode(
          plan, of: house, on: segment, loop: loop, key: plan.isOpen ? nil : key
        ) {
          tell(plan.name, $0)
        })
    }
    self.nodes = nodes
    if let plan = house.gateway {
      let gateway = try await RunningGateway(plan, of: house, on: segment, loop: loop)
      self.gateway = gateway
      door = gateway.gateway.network
    } else {
      gateway = nil
      door = try await Self.openDoor(of: house, on: segment, loop: loop)
    }
    forwarders = try await Self.forward(
      house, port: port, gateway: gateway?.gateway, door: door)
    hub =
      house.hasDevices && house.hasHub
      ? try await RunningHub(of: house, on: segment, loop: loop, keys: keys) : nil
  }

  private static func forward(
    _ house: House, port: UInt16?, gateway: Gateway?, door: NetworkStack
  ) async throws -> [(PortForwarder, PortForward)] {
    var forwarders: [(PortForwarder, PortForward)] = []
    for (index, forward) in house.forwards.enumerated() {
      guard let address = house.address(of: forward.node) else { continue }
      let remote = Endpoint(address, port: forward.port)
      switch forward.carries {
      case .tcp:
        let forwarder = try await PortForwarder.open(
          at: forward.localAddress,
          port: index == 0 ? port ?? forward.localPort : forward.localPort,
          to: remote, through: door)
        forwarders.append((forwarder, forward))
      case .udp:
        let local = Endpoint(forward.localAddress, port: forward.localPort ?? forward.port)
        guard let gateway else { continue }
        try await gateway.forward(GatewayForward(.udp, local: local, to: remote))
        Terminal.say("\(local) leads to \(remote) by UDP")
      }
    }
    return forwarders
  }

  private static func join(
    _ tap: String?, _ house: House, _ segment: SharedSegment, _ loop: EventLoop
  ) throws -> SegmentUplink<TunTapDevice>? {
    guard let tap else { return nil }
    guard house.gateway?.address != house.hostAddress else {
      throw Failure(
        .badData,
        "--tap: the gateway has \(house.hostAddress), which this host is to have; give it another address"
      )
    }
    let device = try open(tap)
    let interface = HostInterface(tap)
    if !interface.hasAddress {
      let prefix = IPv4Prefix(house.hostAddress, length: house.network.length)
      do throws(HostError) {
        try interface.configure(prefix)
      } catch {
        Terminal.complain("\(error)")
      }
    }
    return SegmentUplink(device, port: try segment.makePort(), on: loop)
  }

  private static func open(_ tap: String) throws(Failure) -> TunTapDevice {
    do throws(HostError) {
      return try TunTapDevice(.tap, named: tap, offloads: false)
    } catch {
      guard case .missingPrivilege = error else { throw Failure(error) }
      throw Failure(
        .noPermission, "\(error); or leave --tap out: the page on localhost needs no privilege")
    }
  }

  private static func openDoor(
    of house: House, on segment: SharedSegment, loop: EventLoop
  ) async throws -> NetworkStack {
    guard let address = house.doorAddress else {
      throw RunningGateway.noAddress(in: house)
    }
    let door = NetworkStack(loop: loop)
    let port = try segment.makePort(linkAddress: MACAddress(ofNode: "", in: house.name))
    let interface = try await door.attach(port).interface
    try await door.addAddress(IPv4Prefix(address, length: house.network.length), on: interface)
    return door
  }

  /// Keeps the house up until the task is cancelled.
  func run(hubIsReady: @escaping @Sendable () -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      // Not on the stacks' thread: pages must not wait for frames, nor frames for pages.
      if let hub { group.addTask { await hub.run(ready: hubIsReady) } }
      group.addTask { await self.runNetwork() }
    }
  }

  private func runNetwork() async {
    // On the stacks' own thread: bytes need not change it on their way.
    await withTaskExecutorPreference(door.loop) { await runAll() }
  }

  private func runAll() async {
    await withTaskGroup(of: Void.self) { group in
      for node in nodes { group.addTask { await node.run() } }
      for (forwarder, _) in forwarders { group.addTask { await forwarder.run() } }
      if let gateway { group.addTask { await gateway.run() } }
      if let uplink {
        group.addTask {
          if (try? await uplink.run()) == true {
            Terminal.complain("the TAP was removed; the house stays up without the host's kernel")
          }
        }
      }
    }
  }
}
