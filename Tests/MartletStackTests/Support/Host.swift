import MartletDevice
import MartletWire

@testable import MartletStack

/// A stack with one Ethernet interface in virtual time, its frames taken and given by hand.
struct Host: ~Copyable {
  var stack: Stack
  let id: InterfaceID
  let mac: MACAddress
  var now = Instant.zero
  private var slots: TransmitSlots

  init(
    _ number: UInt8, configuration: Configuration = Configuration(), mtu: Int = 1500,
    slotCount: Int = 64, medium: DeviceCapabilities.Medium = .ethernet,
    acceptsAllDestinations: Bool = false
  ) throws {
    mac = Host.mac(number)
    stack = Stack(
      configuration: configuration, seed: Seed(high: 0x6d61_7274, low: UInt64(number)))
    id = try stack.addInterface(
      DeviceCapabilities(medium: medium, maximumTransmissionUnit: mtu, linkAddress: mac),
      acceptsAllDestinations: acceptsAllDestinations)
    slots = TransmitSlots(count: slotCount, slotCapacity: mtu + 14)
  }

  /// A host that has 192.0.2.`number`/24 and has said all that it says at the start.
  static func settled(
    _ number: UInt8, configuration: Configuration = Configuration(), mtu: Int = 1500,
    slotCount: Int = 64
  ) throws -> Host {
    var host = try Host(number, configuration: configuration, mtu: mtu, slotCount: slotCount)
    try host.stack.addAddress(IPv4Prefix(Host.address(number), length: 24), on: host.id)
    host.advance(by: .seconds(5))
    _ = host.sent()
    return host
  }

  static func mac(_ number: UInt8) -> MACAddress { MACAddress(2, 0, 0, 0, 0, number) }
  static func address(_ number: UInt8) -> IPv4Address { IPv4Address(192, 0, 2, number) }

  /// Lets time pass, deadline by deadline.
  mutating func advance(by interval: Interval) {
    let end = now + interval
    while let deadline = stack.nextDeadline, deadline <= end {
      now = max(now, deadline)
      stack.poll(now: now)
      // A deadline that stays is a stack that would spin.
      if let next = stack.nextDeadline, next <= now { stack.poll(now: now) }
    }
    now = end
    stack.poll(now: now)
  }

  /// The frames that wait, sent in bursts of at most `burst` slots, `limit` bursts.
  mutating func sent(
    burst: Int? = nil, limit: Int = .max, on other: InterfaceID? = nil
  ) -> [[UInt8]] {
    let id = other ?? id
    var frames: [[UInt8]] = []
    var bursts = 0
    while stack.hasWork(on: id), bursts < limit {
      let count = fill(min(burst ?? slots.count, slots.count), on: id)
      guard count > 0 else { break }
      for index in 0..<count { frames.append([UInt8](copying: slots.bytes(at: index))) }
      bursts += 1
    }
    return frames
  }

  private mutating func fill(_ count: Int, on id: InterfaceID) -> Int {
    Host.fill(&slots, count: count, from: &stack, id, now: now)
  }

  private static func fill(
    _ slots: inout TransmitSlots, count: Int, from stack: inout Stack, _ id: InterfaceID,
    now: Instant
  ) -> Int {
    var batch = slots.lend(count: count)
    stack.transmit(into: &batch, on: id, now: now)
    return batch.count
  }

  /// Takes frames in.
  mutating func receive(_ frames: [[UInt8]], info: FrameInfo = FrameInfo()) {
    for frame in frames { receive(frame, info: info) }
  }

  /// Takes a frame in.
  mutating func receive(
    _ frame: [UInt8], info: FrameInfo = FrameInfo(), on other: InterfaceID? = nil
  ) {
    let (id, now) = (other ?? id, now)
    unsafe stack.receive(frame.span.bytes, info: info, on: id, now: now)
  }

  /// The next reply to an echo, and its payload.
  mutating func reply(_ handle: EchoHandle) throws -> (reply: EchoReply, data: [UInt8])? {
    var buffer = [UInt8](repeating: 0, count: 65_535)
    var span = buffer.mutableSpan
    var bytes = unsafe span.mutableBytes
    guard let reply = try stack.receiveEcho(from: handle, into: &bytes) else { return nil }
    return (reply, Array(buffer[0..<reply.length]))
  }

  /// The next datagram of a UDP socket, and its payload.
  mutating func datagram(
    _ handle: UDPHandle, bufferLength: Int = 65_535
  ) throws -> (datagram: ReceivedDatagram, data: [UInt8])? {
    var buffer = [UInt8](repeating: 0, count: bufferLength)
    var span = buffer.mutableSpan
    var bytes = unsafe span.mutableBytes
    guard let datagram = try stack.receive(from: handle, into: &bytes) else { return nil }
    return (datagram, Array(buffer[0..<min(datagram.length, bufferLength)]))
  }

  /// Takes in an IPv4 packet that host `number` sends in an Ethernet frame.
  mutating func receive(
    packet: [UInt8], from number: UInt8, linkDestination: MACAddress? = nil,
    info: FrameInfo = FrameInfo()
  ) {
    receive(
      Frame.ethernet(to: linkDestination ?? mac, from: Host.mac(number), .ipv4, packet),
      info: info)
  }

  /// Learns where host `number` is, as if it had asked for this one.
  mutating func meet(_ number: UInt8) {
    receive(
      Frame.arp(.request, from: Host.mac(number), Host.address(number), to: Host.address(1)))
    _ = sent()
  }

  /// Sends a datagram.
  mutating func send(
    _ data: [UInt8], to remote: Endpoint? = nil, from local: Endpoint? = nil,
    on handle: UDPHandle
  ) throws(StackError) {
    let now = now
    try unsafe stack.send(data.span.bytes, to: remote, from: local, on: handle, now: now)
  }

  /// Sends an echo request.
  mutating func ping(
    _ data: [UInt8], to destination: IPv4Address, sequence: UInt16 = 1,
    timeToLive: UInt8? = nil, on handle: EchoHandle
  ) throws(StackError) {
    let now = now
    try unsafe stack.sendEcho(
      data.span.bytes, to: destination, sequence: sequence, timeToLive: timeToLive, on: handle,
      now: now)
  }
}

extension [UInt8] {
  /// The bytes of a span.
  init(copying span: RawSpan) {
    self = (0..<span.byteCount).map { span.load(UInt8.self, at: $0) }
  }

  /// Sends what each of two hosts has for the other until neither has anything.
  static func exchange(_ a: inout Host, _ b: inout Host) {
    var rounds = 0
    while rounds < 1000 {
      let there = a.sent()
      b.receive(there)
      let back = b.sent()
      a.receive(back)
      if there.isEmpty && back.isEmpty { return }
      rounds += 1
    }
  }
}
