import MartletDevice
import MartletStack
import MartletWire

/// Two stacks on one cable in one thread: the set-up that B1 and B2 share.
struct Pair: ~Copyable {
  var a: Stack
  var b: Stack
  var deviceA: MemoryLink.End
  var deviceB: MemoryLink.End
  let interfaceA: InterfaceID
  let interfaceB: InterfaceID
  var connectionA: TCPHandle
  var connectionB: TCPHandle
  private(set) var now: Instant
  private var turn: Int
  /// Frames from A to B, and from B to A.
  var framesForth: Int
  var framesBack: Int

  /// Connects A to B with `bufferSize` bytes to send and to receive.
  init(mtu: Int, bufferSize: Int, everySecondSegment: Bool) throws {
    var configuration = Configuration()
    configuration.sendBufferLimit = bufferSize
    configuration.receiveBufferLimit = bufferSize
    configuration.receiveBufferMaximum = bufferSize
    configuration.timestamps = false
    configuration.connectionCount = 16
    configuration.acknowledgesEverySecondSegment = everySecondSegment
    let first = DeviceCapabilities(
      medium: .ethernet, maximumTransmissionUnit: mtu, linkAddress: MACAddress(2, 0, 0, 0, 0, 1),
      maximumBurst: 64)
    let second = DeviceCapabilities(
      medium: .ethernet, maximumTransmissionUnit: mtu, linkAddress: MACAddress(2, 0, 0, 0, 0, 2),
      maximumBurst: 64)
    let link = MemoryLink(first, second, frameCount: 512)
    var a = Stack(configuration: configuration, seed: Seed(high: 1, low: 2))
    var b = Stack(configuration: configuration, seed: Seed(high: 3, low: 4))
    var deviceA = link.first
    var deviceB = link.second
    let interfaceA = try a.addInterface(first)
    let interfaceB = try b.addInterface(second)
    try a.addAddress(IPv4Prefix(IPv4Address(10, 0, 0, 1), length: 24), on: interfaceA)
    try b.addAddress(IPv4Prefix(IPv4Address(10, 0, 0, 2), length: 24), on: interfaceB)
    var now = Clock.now
    var options = ConnectionOptions()
    options.noDelay = true
    var listenerOptions = ListenerOptions()
    listenerOptions.connection = options
    let server = Endpoint(IPv4Address(10, 0, 0, 2), port: 9)
    let listener = try b.listen(on: server, options: listenerOptions)
    let connectionA = try a.connect(to: server, options: options, now: now)
    var accepted: TCPHandle?
    while accepted == nil {
      now = now + .milliseconds(1)
      a.poll(now: now)
      b.poll(now: now)
      _ = a.service(&deviceA, as: interfaceA, now: now)
      _ = b.service(&deviceB, as: interfaceB, now: now)
      accepted = try b.accept(on: listener)
    }
    self.connectionA = connectionA
    connectionB = accepted ?? connectionA
    self.a = a
    self.b = b
    self.deviceA = deviceA
    self.deviceB = deviceB
    self.interfaceA = interfaceA
    self.interfaceB = interfaceB
    self.now = now
    turn = 0
    framesForth = 0
    framesBack = 0
  }

  /// Drains A to B completely, then B to A, as the definition has it.
  mutating func turnOver() {
    turn &+= 1
    if turn & 63 == 0 {
      now = max(now, Clock.now)
      a.poll(now: now)
      b.poll(now: now)
    }
    a.flush(to: &deviceA, from: interfaceA, now: now)
    var count = 0
    repeat {
      count = b.service(&deviceB, as: interfaceB, now: now)
      framesForth &+= count
      a.flush(to: &deviceA, from: interfaceA, now: now)
    } while count > 0
    repeat {
      count = a.service(&deviceA, as: interfaceA, now: now)
      framesBack &+= count
      if count > 0 { b.flush(to: &deviceB, from: interfaceB, now: now) }
    } while count > 0
  }
}
