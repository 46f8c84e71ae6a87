import MartletDWN
import MartletDevice
import MartletHTTP
import MartletNodes
import MartletStack
import MartletWire

/// An irrigation node and two hosts of hubs on one cable, in virtual time. The hosts share a stack
/// and have an address each.
struct HomeNetwork: ~Copyable {
  typealias Valves = IrrigationController<TestBoard, TestBoard>

  let board: TestBoard
  var host: Stack
  var node: Stack
  var server: NodeServer<Valves>
  private(set) var now = HomeNetwork.start
  /// Whether the cable is whole.
  var isConnected = true
  private var hostDevice: MemoryLink.End
  private var nodeDevice: MemoryLink.End
  let hostInterface: InterfaceID
  private let nodeInterface: InterfaceID
  /// The events of the host's sockets that nobody has taken yet.
  var events: [SocketEvent] = []

  static let start = Instant(milliseconds: 1000)
  static let hostAddress = IPv4Address(10, 0, 0, 1)
  static let otherAddress = IPv4Address(10, 0, 0, 3)
  static let nodeAddress = IPv4Address(10, 0, 0, 2)
  static let keyBytes = Array(UInt8(0)..<32)

  init(_ change: (inout NodeSettings) -> Void = { _ in }) throws {
    func capabilities(_ last: UInt8) -> DeviceCapabilities {
      DeviceCapabilities(
        medium: .ethernet, maximumTransmissionUnit: 1500,
        linkAddress: MACAddress(2, 0, 0, 0, 0, last), maximumBurst: 64)
    }
    let link = MemoryLink(capabilities(1), capabilities(2), frameCount: 1024)
    var host = Stack(configuration: Neighbours.configuration(), seed: Seed(high: 7, low: 1))
    var node = Stack(configuration: .small, seed: Seed(high: 7, low: 2))
    let hostInterface = try host.addInterface(link.first.capabilities)
    let nodeInterface = try node.addInterface(link.second.capabilities)
    try host.addAddress(IPv4Prefix(Self.hostAddress, length: 24), on: hostInterface)
    try host.addAddress(IPv4Prefix(Self.otherAddress, length: 24), on: hostInterface)
    try node.addAddress(IPv4Prefix(Self.nodeAddress, length: 24), on: nodeInterface)
    var settings = NodeSettings(name: "IRRIGATION_CONTROLLER", id: "5ccf7f0a1b2c")
    change(&settings)
    let board = TestBoard()
    board.now = Self.start
    let valves = Valves(pins: board, memory: board, now: Self.start)
    let server = try NodeServer(
      valves, settings: settings, on: nodeInterface, of: &node, entropy: Self.keyBytes,
      now: Self.start)
    self.board = board
    self.hostInterface = hostInterface
    self.nodeInterface = nodeInterface
    self.server = server
    self.host = host
    self.node = node
    hostDevice = link.first
    nodeDevice = link.second
  }

  // MARK: Time

  mutating func run(for interval: Interval) { run(for: interval) { _ in true } }

  /// Lets time pass until `body`, which looks after every step, returns false, or at most so long.
  /// `body` is called once a second at least, if time passes.
  mutating func run(
    for interval: Interval, step: Interval = .seconds(1),
    while body: (inout HomeNetwork) throws -> Bool
  ) rethrows {
    let end = now + interval
    while true {
      settle()
      guard try body(&self) else { return }
      settle()
      guard now < end else { return }
      var next = min(end, now + step)
      for deadline in [host.nextDeadline, node.nextDeadline, server.nextDeadline(after: now)] {
        if let deadline { next = min(next, deadline) }
      }
      now = max(next, now + .microseconds(1))
      board.now = now
      host.poll(now: now)
      node.poll(now: now)
      server.poll(on: &node, now: now)
    }
  }

  /// Moves frames until none moves any more; a cut cable loses them.
  private mutating func settle() {
    guard isConnected else {
      node.flush(to: &nodeDevice, from: nodeInterface, now: now)
      host.flush(to: &hostDevice, from: hostInterface, now: now)
      while nodeDevice.receive(budget: 64, { _, _ in }) > 0 {}
      while hostDevice.receive(budget: 64, { _, _ in }) > 0 {}
      take()
      return
    }
    var isMoving = true
    while isMoving {
      let there = node.service(&nodeDevice, as: nodeInterface, now: now)
      take()
      node.flush(to: &nodeDevice, from: nodeInterface, now: now)
      let back = host.service(&hostDevice, as: hostInterface, now: now)
      while let event = host.nextEvent() { events.append(event) }
      isMoving =
        there > 0 || back > 0 || nodeDevice.waitingCount > 0 || hostDevice.waitingCount > 0
    }
  }

  private mutating func take() {
    while let event = node.nextEvent() { _ = server.handle(event, on: &node, now: now) }
  }

  // MARK: A hub

  /// Connects to the node from one of the host's addresses.
  mutating func connect(from address: IPv4Address = HomeNetwork.hostAddress) throws -> TCPHandle {
    var options = ConnectionOptions()
    options.noDelay = true
    let handle = try host.connect(
      to: Endpoint(Self.nodeAddress, port: DWN.port), from: Endpoint(address, port: 0),
      options: options, now: now)
    run(for: .milliseconds(100))
    return handle
  }

  mutating func send(_ bytes: [UInt8], on handle: TCPHandle) {
    _ = try? unsafe host.send(bytes.span.bytes, on: handle, now: now)
    run(for: .milliseconds(1))
  }

  mutating func send(_ text: String, on handle: TCPHandle) { send(Array(text.utf8), on: handle) }

  /// What has come, at most `limit` bytes; `nil` when the connection has ended and nothing is left.
  mutating func read(_ handle: TCPHandle, limit: Int = 2000) throws -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: limit)
    var span = buffer.mutableSpan
    var bytes = unsafe span.mutableBytes
    switch try? host.receive(into: &bytes, on: handle, now: now) {
    case .bytes(let count): return Array(buffer.prefix(count))
    case .nothingYet: return []
    case .endOfStream, nil: return nil
    }
  }

  mutating func isOpen(_ handle: TCPHandle) throws -> Bool {
    while let bytes = try read(handle) {
      if bytes.isEmpty { return true }
    }
    return false
  }
}
