import MartletDWN
import MartletDevice
import MartletHost
import MartletHouse
import MartletNodes
import MartletStack
import MartletWire

/// A node of a house that is up: its stack on the segment, its services, its control socket.
final class RunningNode: Sendable {
  let plan: NodePlan
  /// What its control socket calls it.
  let controlName: String
  private let network: NetworkStack
  private let interface: InterfaceID
  private let server: ControlServer

  /// Plugs the node into `segment`.
  init(
    _ plan: NodePlan, of house: House, on segment: SharedSegment, loop: EventLoop, key: [UInt8]?,
    tell: @escaping @Sendable (NodeService.News) -> Void
  ) async throws {
    self.plan = plan
    var configuration = Configuration()
    // Several stacks share one process: fewer connections each than a host of its own.
    configuration.connectionCount = 2048
    configuration.halfOpenCount = 1024
    configuration.timeWaitCount = 4096
    configuration.blockCount = 8192
    let connectionCount = configuration.connectionCount
    network = NetworkStack(loop: loop, configuration: configuration)
    let linkAddress = MACAddress(ofNode: plan.name, in: house.name)
    let captures = CaptureHub(.ethernet, name: plan.name)
    let port = try segment.makePort(linkAddress: linkAddress)
    interface = try await network.attach(CaptureDevice(port, sink: captures)).interface
    try await network.addAddress(
      IPv4Prefix(plan.address, length: house.network.length), on: interface)
    let way = house.gateway.flatMap { $0.address ?? house.doorAddress }
    if let way { await network.setNameServers([way]) }
    if plan.address != house.hostAddress || way != nil {
      try await network.addGateway(way ?? house.hostAddress)
    }
    let start = await network.withStack { _, now in now }
    let identity = NodeIdentity(
      name: Array(plan.name.utf8), address: plan.address, linkAddress: linkAddress)
    let site =
      plan.kind == .web ? NodeSite(identity, interface: interface, start: start) : nil
    try await network.addService { (stack, _) throws(StackError) in
      try NodeService(site: site, on: &stack, connectionCount: connectionCount, tell)
    }
    try await HomeNode.add(
      plan.kind, to: network, on: interface,
      identity: identity, connectionCount: connectionCount,
      settings: { $0.key = key.flatMap { PairingKey($0) } })
    (server, controlName) = try Self.serve(
      ControlledNode(name: plan.name, network: network, captures: captures, start: start))
  }

  /// Another house may have a node of that name: then this one is called `web-2`.
  static func serve(_ node: ControlledNode) throws -> (ControlServer, String) {
    for number in 1...99 {
      let name = number == 1 ? node.name : "\(node.name)-\(number)"
      do throws(Failure) {
        let server = try ControlServer(
          for: node.renamed(name), at: RunFolder.socket(of: name), on: node.network.loop)
        return (server, name)
      } catch {
        guard error.status == .unavailable else { throw error }
      }
    }
    throw Failure(.unavailable, "a hundred nodes called '\(node.name)' are running; end some")
  }

  /// Serves its control socket until the task is cancelled.
  func run() async { await server.run() }

  /// What it has counted so far.
  func snapshot() async -> Snapshot {
    await network.withStack { stack, now in
      Snapshot(
        counters: stack.counters,
        interface: stack.counters(of: self.interface) ?? InterfaceCounters(), time: now)
    }
  }

  /// A node's counters at one moment.
  struct Snapshot: Sendable {
    let counters: Counters
    let interface: InterfaceCounters
    let time: Instant
  }
}

extension House {
  /// The address of the host's own kernel, when it joins: the network's first.
  var hostAddress: IPv4Address { IPv4Address(rawValue: network.network.rawValue + 1) }

  /// The address of the gateway, or of what carries forwarded ports: the network's last that no node has.
  var doorAddress: IPv4Address? {
    let first = network.network.rawValue + 2
    let last = (network.broadcast ?? network.network).rawValue - 1
    var candidate = last
    while candidate >= first {
      let address = IPv4Address(rawValue: candidate)
      let isTaken =
        nodes.contains { $0.address == address }
        || gateway?.leases.contains { $0.address == address } ?? false
      if !isTaken { return address }
      candidate -= 1
    }
    return nil
  }
}

extension MACAddress {
  /// The address of a node's card: the same at every start, so that neighbours need not learn anew.
  init(ofNode node: String, in house: String) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in Array(house.utf8) + [0] + Array(node.utf8) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    // Locally administered, and one card's.
    self.init(rawValue: (hash >> 8 & 0xFCFF_FFFF_FFFF) | 0x0200_0000_0000)
  }
}
