import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// A stack whose only peer is the test, segment by segment, in virtual time.
///
/// Sequence numbers are counted from each side's initial one, as a reader counts them: the first
/// byte of data is 1.
struct Script: ~Copyable {
  /// The peer's initial sequence number.
  static let peerStart: UInt32 = 7_000_000
  static let stackPort: UInt16 = 80
  static let peerPort: UInt16 = 5000

  var host: Host
  let start: Instant
  var ports = (stack: Script.stackPort, peer: Script.peerPort)
  /// ISS, once the stack has sent a SYN.
  var stackStart: UInt32?
  /// IRS.
  var peerStart = Script.peerStart
  /// What the peer puts into its segments when it is not said.
  var window = 65_535
  /// TSval of the peer's next segments, with timestamps.
  var timestamp: UInt32?
  /// The last TSval that the stack sent.
  var lastValue: UInt32 = 0
  /// The bytes that the peer has sent, for tests that count them here.
  var peerCount = 0
  var listener: ListenerHandle?
  var handle = TCPHandle(index: 0, generation: 0)

  /// A settled stack that knows where its peer, host 2, is.
  init(_ configuration: Configuration = Script.configuration(), mtu: Int = 1500) throws {
    host = try Host.settled(1, configuration: configuration, mtu: mtu)
    host.meet(2)
    start = host.now
  }

  /// Small tables, no timestamps and no window scale to hide the numbers.
  static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.blockCount = 2048
    configuration.connectionCount = 256
    configuration.halfOpenCount = 64
    configuration.timeWaitCount = 64
    configuration.rangeCount = 4096
    configuration.udpSocketCount = 4
    configuration.timestamps = false
    configuration.receiveBufferLimit = 65_535
    configuration.receiveBufferMaximum = 65_535
    return configuration
  }

  // MARK: Opening

  /// A connection that the stack opened, to a peer with these options in its SYN-ACK.
  static func opened(
    _ configuration: Configuration = Script.configuration(), mtu: Int = 1500,
    options: ConnectionOptions = ConnectionOptions(), window: Int = 65_535,
    peer: [UInt8] = Options.mss(1460)
  ) throws -> Script {
    var script = try Script(configuration, mtu: mtu)
    script.window = window
    try script.connect(options: options)
    _ = script.sent()
    script.send([.syn, .ack], seq: 0, ack: 1, options: peer)
    expect(script.sent().first, .ack, .seq(1), .ack(1))
    return script
  }

  /// A connection that the peer opened and the user has accepted.
  static func accepted(
    _ configuration: Configuration = Script.configuration(), mtu: Int = 1500,
    options: ListenerOptions = ListenerOptions(), window: Int = 65_535,
    peer: [UInt8] = Options.mss(1460)
  ) throws -> Script {
    var script = try Script(configuration, mtu: mtu)
    script.window = window
    try script.listen(options)
    script.send(.syn, seq: 0, options: peer)
    expect(script.sent().first, .synAck, .seq(0), .ack(1))
    script.send(.ack, seq: 1, ack: 1)
    try script.accept()
    return script
  }

  /// Begins to connect to the peer.
  mutating func connect(options: ConnectionOptions = ConnectionOptions()) throws {
    handle = try host.stack.connect(
      to: Endpoint(Host.address(2), port: ports.peer),
      from: Endpoint(Host.address(1), port: ports.stack), options: options, now: host.now)
  }

  /// Listens at the stack's port.
  mutating func listen(_ options: ListenerOptions = ListenerOptions()) throws {
    listener = try host.stack.listen(
      on: Endpoint(Host.address(1), port: ports.stack), options: options)
  }

  /// Takes the connection that waits.
  mutating func accept() throws {
    let listener = try #require(listener)
    handle = try #require(try host.stack.accept(on: listener))
  }

  // MARK: The peer

  /// The peer sends a segment. Without `ack` the ACK flag decides: 0 stands for the stack's ISS.
  mutating func send(
    _ flags: TCPFlags, seq: Int, ack: Int = 0, win: Int? = nil, options: [UInt8] = [],
    data: [UInt8] = [], congestion: UInt8 = 0, echo: UInt32? = nil
  ) {
    var options = options
    if let timestamp { options += Options.timestamps(timestamp, echo ?? lastValue) }
    while options.count % 4 != 0 { options.append(0) }
    let acknowledgment =
      flags.contains(.ack) ? (stackStart ?? 0) &+ UInt32(truncatingIfNeeded: ack) : 0
    let segment = Frame.tcp(
      from: Host.address(2), ports.peer, to: Host.address(1), ports.stack, flags: flags,
      sequence: peerStart &+ UInt32(truncatingIfNeeded: seq), acknowledgment: acknowledgment,
      window: UInt16(truncatingIfNeeded: win ?? window), options: options, data)
    var packet = Frame.ipv4(from: Host.address(2), to: Host.address(1), .tcp, segment)
    if congestion != 0 {
      packet[1] |= congestion
      packet[10] = 0
      packet[11] = 0
      let sum = Frame.word(Frame.checksum(Array(packet[0..<20])))
      packet.replaceSubrange(10..<12, with: sum)
    }
    host.receive(packet: packet, from: 2)
  }

  // MARK: What the stack sends

  /// The segments that the stack sends now.
  mutating func sent() -> [SeenSegment] {
    var segments: [SeenSegment] = []
    for frame in host.sent() {
      if frame.isARP {
        answer(frame)
        continue
      }
      let packet = frame.packet
      if stackStart == nil, packet[9] == 6, packet.payload[13] & 2 != 0 {
        let tcp = packet.payload
        stackStart = UInt32(tcp.word(at: 4)) << 16 | UInt32(tcp.word(at: 6))
      }
      guard
        let segment = SeenSegment(
          packet, at: host.now - start, from: stackStart, and: peerStart)
      else { continue }
      if let value = segment.timestamps?.value { lastValue = value }
      segments.append(segment)
    }
    return segments
  }

  /// The peer's host is there, whatever its TCP does.
  private mutating func answer(_ frame: [UInt8]) {
    guard frame.isARPRequest, frame.arpTarget == Host.address(2) else { return }
    host.receive(
      Frame.arp(
        .reply, from: Host.mac(2), Host.address(2), to: Host.address(1), at: host.mac,
        linkDestination: host.mac))
  }

  /// Lets time pass, deadline by deadline, and returns what the stack sends meanwhile.
  mutating func wait(_ interval: Interval) -> [SeenSegment] {
    let end = host.now + interval
    var segments = sent()
    while let deadline = host.stack.nextDeadline, deadline <= end {
      host.now = max(deadline, host.now + .microseconds(1))
      host.stack.poll(now: host.now)
      segments += sent()
    }
    host.now = max(end, host.now)
    host.stack.poll(now: host.now)
    return segments + sent()
  }

  // MARK: The user

  /// The user sends bytes of the pattern, which begins anew with each call; returns how many.
  @discardableResult
  mutating func write(_ count: Int) throws -> Int {
    let (handle, now) = (handle, host.now)
    let bytes = Frame.pattern(count)
    return try unsafe host.stack.send(bytes.span.bytes, on: handle, now: now)
  }

  /// The user reads up to `limit` bytes of what is there.
  mutating func read(_ limit: Int = .max) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < limit {
      let wanted = limit - bytes.count
      let result = try host.stack.withReceived(on: handle, now: host.now) { span in
        let count = min(span.byteCount, wanted)
        bytes += [UInt8](copying: span.extracting(0..<count))
        return count
      }
      guard case .bytes = result else { break }
    }
    return bytes
  }

  /// What a read finds now, nothing taken.
  mutating func readResult() throws -> ReceiveResult {
    try host.stack.withReceived(on: handle, now: host.now) { _ in 0 }
  }

  mutating func shutdown() throws { try host.stack.shutdown(handle, now: host.now) }
  mutating func close() { host.stack.close(handle, now: host.now) }
  mutating func abort() { host.stack.abort(handle, now: host.now) }

  /// The connection's state; `nil` once its handle is stale.
  var state: TCPState? { try? host.stack.status(of: handle).state }
  /// Why the connection ended.
  var endReason: EndReason? { try? host.stack.status(of: handle).endReason }
  /// What is known of the connection.
  var status: TCPStatus { get throws { try host.stack.status(of: handle) } }
  /// The connection itself.
  var place: Int { Int(handle.index) }
}

/// TCP options as bytes.
enum Options {
  static func mss(_ size: UInt16) -> [UInt8] { [2, 4] + Frame.word(size) }
  static func scale(_ shift: UInt8) -> [UInt8] { [1, 3, 3, shift] }
  static var sackPermitted: [UInt8] { [1, 1, 4, 2] }
  static func timestamps(_ value: UInt32, _ echo: UInt32) -> [UInt8] {
    [1, 1, 8, 10] + Frame.word32(value) + Frame.word32(echo)
  }
  static func userTimeout(_ value: UInt16) -> [UInt8] { [28, 4] + Frame.word(value) }
  /// SACK blocks over the stack's bytes, counted from its initial sequence number.
  static func sack(_ blocks: (Int, Int)..., from start: UInt32?) -> [UInt8] {
    let edges = blocks.flatMap { block in
      [block.0, block.1].flatMap {
        Frame.word32((start ?? 0) &+ UInt32(truncatingIfNeeded: $0))
      }
    }
    return [1, 1, 5, UInt8(2 + edges.count)] + edges
  }
}

extension Frame {
  /// A TCP segment with a good checksum.
  static func tcp(
    from source: IPv4Address, _ sourcePort: UInt16, to destination: IPv4Address,
    _ destinationPort: UInt16, flags: TCPFlags, sequence: UInt32, acknowledgment: UInt32,
    window: UInt16, options: [UInt8] = [], _ payload: [UInt8] = []
  ) -> [UInt8] {
    let headerLength = 20 + options.count
    var segment = word(sourcePort) + word(destinationPort) + word32(sequence)
    segment += word32(acknowledgment) + [UInt8(headerLength / 4) << 4, flags.rawValue]
    segment += word(window) + [0, 0, 0, 0] + options + payload
    let pseudo =
      bytes(source) + bytes(destination) + [0, 6] + word(UInt16(truncatingIfNeeded: segment.count))
    let sum = checksum(pseudo + segment)
    segment[16] = UInt8(sum >> 8)
    segment[17] = UInt8(sum & 255)
    return segment
  }
}
