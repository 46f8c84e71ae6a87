import MartletDevice
import MartletStack
import MartletWire

/// Two stacks on one cable in one thread, and a connection from A to B: what B1 and B2 share.
struct Pair: ~Copyable {
  private var a: Stack
  private var b: Stack
  private var deviceA: MemoryLink.End
  private var deviceB: MemoryLink.End
  private let interfaceA: InterfaceID
  private let interfaceB: InterfaceID
  private let connectionA: TCPHandle
  private let connectionB: TCPHandle
  private var now: Instant
  private var turn = 0
  /// Frames from A to B since the connection stands.
  private(set) var framesForth = 0
  /// Frames from B to A.
  private(set) var framesBack = 0

  /// Connects A to B.
  init(_ row: Bulk.Row) throws {
    let first = Self.capabilities(row, MACAddress(2, 0, 0, 0, 0, 1))
    let second = Self.capabilities(row, MACAddress(2, 0, 0, 0, 0, 2))
    // Room for a window of full frames and no more: a longer ring would only push the caches out.
    let link = MemoryLink(first, second, frameCount: row.bufferSize / (row.mtu - 40) + 16)
    let configuration = Self.configuration(row)
    var a = Stack(configuration: configuration, seed: Seed(high: 1, low: 2))
    var b = Stack(configuration: configuration, seed: Seed(high: 3, low: 4))
    var deviceA = link.first
    var deviceB = link.second
    let interfaceA = try a.addInterface(first)
    let interfaceB = try b.addInterface(second)
    try a.addAddress(IPv4Prefix(IPv4Address(10, 0, 0, 1), length: 24), on: interfaceA)
    try b.addAddress(IPv4Prefix(IPv4Address(10, 0, 0, 2), length: 24), on: interfaceB)
    var now = Standard.now
    var options = ConnectionOptions()
    options.noDelay = true
    var listenerOptions = ListenerOptions()
    listenerOptions.connection = options
    let server = Endpoint(IPv4Address(10, 0, 0, 2), port: 9)
    let listener = try b.listen(on: server, options: listenerOptions)
    let connectionA = try a.connect(to: server, options: options, now: now)
    var accepted: TCPHandle?
    for _ in 0..<10_000 where accepted == nil {
      now = now + .milliseconds(1)
      a.poll(now: now)
      b.poll(now: now)
      a.service(&deviceA, as: interfaceA, now: now)
      b.service(&deviceB, as: interfaceB, now: now)
      accepted = try b.accept(on: listener)
    }
    guard let accepted else { throw NotConnected() }
    self.connectionA = connectionA
    connectionB = accepted
    self.a = a
    self.b = b
    self.deviceA = deviceA
    self.deviceB = deviceB
    self.interfaceA = interfaceA
    self.interfaceB = interfaceB
    self.now = now
  }

  private static func capabilities(
    _ row: Bulk.Row, _ address: MACAddress
  ) -> DeviceCapabilities {
    DeviceCapabilities(
      medium: .ethernet, maximumTransmissionUnit: row.mtu, linkAddress: address, maximumBurst: 64)
  }

  private static func configuration(_ row: Bulk.Row) -> Configuration {
    var configuration = Configuration()
    configuration.sendBufferLimit = row.bufferSize
    configuration.receiveBufferLimit = row.bufferSize
    configuration.receiveBufferMaximum = row.bufferSize
    configuration.timestamps = false
    configuration.connectionCount = 16
    configuration.acknowledgesEverySecondSegment = row.everySecondSegment
    return configuration
  }

  // MARK: The applications

  /// A sends the first `count` bytes, as far as there is room; returns how many.
  mutating func send(_ bytes: [UInt8], count: Int) throws -> Int {
    try unsafe a.send(bytes.span.extracting(first: count).bytes, on: connectionA, now: now)
  }

  /// B receives; `nil` when nothing waits.
  mutating func receive(into target: inout [UInt8]) throws -> Int? {
    var elements = target.mutableSpan
    var bytes = unsafe elements.mutableBytes
    guard case .bytes(let count) = try b.receive(into: &bytes, on: connectionB, now: now) else {
      return nil
    }
    return count
  }

  /// B sends.
  mutating func answer(_ bytes: [UInt8], count: Int) throws -> Int {
    try unsafe b.send(bytes.span.extracting(first: count).bytes, on: connectionB, now: now)
  }

  /// A receives.
  mutating func receiveAnswer(into target: inout [UInt8]) throws -> Int? {
    var elements = target.mutableSpan
    var bytes = unsafe elements.mutableBytes
    guard case .bytes(let count) = try a.receive(into: &bytes, on: connectionA, now: now) else {
      return nil
    }
    return count
  }

  // MARK: The wire

  /// Empties A's queue into B, then B's into A.
  mutating func turnOver() {
    readClock()
    a.flush(to: &deviceA, from: interfaceA, now: now)
    drainForth()
    // The window that B's application has opened since.
    b.flush(to: &deviceB, from: interfaceB, now: now)
    drainBack()
  }

  /// Empties B's queue into A, then A's into B.
  mutating func turnBack() {
    readClock()
    b.flush(to: &deviceB, from: interfaceB, now: now)
    drainBack()
    drainForth()
  }

  private mutating func drainForth() {
    while deviceB.waitingCount > 0 {
      framesForth += b.service(&deviceB, as: interfaceB, now: now)
      a.flush(to: &deviceA, from: interfaceA, now: now)
    }
  }

  private mutating func drainBack() {
    while deviceA.waitingCount > 0 {
      framesBack += a.service(&deviceA, as: interfaceA, now: now)
      b.flush(to: &deviceB, from: interfaceB, now: now)
    }
  }

  /// Once in 64 turns: a busy loop does not look more often.
  private mutating func readClock() {
    turn &+= 1
    guard turn & 63 == 0 else { return }
    now = max(now, Standard.now)
    a.poll(now: now)
    b.poll(now: now)
  }

  struct NotConnected: Error {}
}
