internal import MartletDevice
public import MartletWire

/// What connection tracking reads of a packet, once.
public struct TrackedPacket: Sendable {
  /// What the packet is to a connection.
  enum Content: Sendable {
    /// A segment.
    case tcp(TrackedSegment)
    /// Something of a protocol without states: UDP, SCTP, others.
    case datagram
    /// A message that asks, or one that answers.
    case query
    /// A message about another packet, whose tuple it quotes.
    case error(quoted: ConnectionTuple)
    /// A message that neither asks nor answers nor tells of an error; IPv6 neighbours among them.
    case untracked
  }

  /// Its tuple, in zone 0.
  var tuple: ConnectionTuple
  var content: Content
  /// Which packet it is a piece of; `nil` for a whole one.
  var fragment: UInt32?
  /// Whether it is a piece behind the first, which has no ports.
  var isLaterFragment = false
  /// The bytes of the packet.
  var length: Int

  /// Reads an IPv4 or IPv6 packet, which begins with its header.
  ///
  /// Checksums are not verified: the receiver does, and a damaged packet moves no window beyond what its
  /// sender might have sent.
  public init(parsing packet: RawSpan) throws(WireError) {
    guard packet.byteCount > 0 else { throw .truncated(needed: 20, available: 0) }
    let header = try InternetFacts(packet)
    tuple = header.tuple
    length = packet.byteCount
    fragment = header.fragment
    isLaterFragment = header.isLater
    content = .datagram
    guard !isLaterFragment else { return }
    let payload = packet.extracting(header.payload)
    switch (tuple.ipProtocol, tuple.isIPv6) {
    case (6, _):
      let segment = try TCPView(parsing: payload)
      setPorts(of: payload)
      content = .tcp(TrackedSegment(segment))
    case (17, _), (132, _):
      let needed = tuple.ipProtocol == 17 ? 8 : 12
      guard payload.byteCount >= needed else {
        throw .truncated(needed: needed, available: payload.byteCount)
      }
      setPorts(of: payload)
    case (1, false), (58, true): try readICMP(payload)
    default: break
    }
  }

  private mutating func setPorts(of payload: RawSpan) {
    tuple.sourcePort = payload.word16(0)
    tuple.destinationPort = payload.word16(2)
  }

  private mutating func readICMP(_ message: RawSpan) throws(WireError) {
    guard message.byteCount >= 8 else {
      throw .truncated(needed: 8, available: message.byteCount)
    }
    let type = message.byte(0)
    if Self.isError(type, isIPv6: tuple.isIPv6) {
      content = .error(quoted: try Self.quoted(message.extracting(8..<message.byteCount)))
      return
    }
    let answered = ConnectionTuple.answer(to: type)
    let isOwn = (type >= 128) == tuple.isIPv6 && answered != type
    guard isOwn else {
      content = .untracked
      return
    }
    tuple.sourcePort = message.word16(4)
    tuple.destinationPort = tuple.sourcePort
    tuple.icmpType = type
    content = .query
  }

  /// Whether a message tells of an error: not a redirect, which no translator may pass on.
  private static func isError(_ type: UInt8, isIPv6: Bool) -> Bool {
    isIPv6 ? (1...4).contains(type) : type == 3 || type == 11 || type == 12 || type == 4
  }

  /// The tuple of a quoted packet, of which RFC 792 promises eight bytes behind the header.
  static func quoted(_ packet: RawSpan) throws(WireError) -> ConnectionTuple {
    let header = try InternetFacts(packet)
    var tuple = header.tuple
    guard !header.isLater else { throw .badField }
    let payload = packet.extracting(header.payload)
    guard payload.byteCount >= 8 else {
      throw .truncated(needed: 8, available: payload.byteCount)
    }
    switch tuple.ipProtocol {
    case 6, 17, 132:
      tuple.sourcePort = payload.word16(0)
      tuple.destinationPort = payload.word16(2)
    case 1, 58:
      tuple.icmpType = payload.byte(0)
      guard ConnectionTuple.answer(to: tuple.icmpType) != tuple.icmpType else { throw .badField }
      tuple.sourcePort = payload.word16(4)
      tuple.destinationPort = tuple.sourcePort
    default: break
    }
    return tuple
  }
}

/// What an IP header says to connection tracking.
struct InternetFacts {
  var tuple = ConnectionTuple()
  /// Where the payload lies, which may be cut off.
  let payload: Range<Int>
  let fragment: UInt32?
  let isLater: Bool

  /// Reads a header, whose payload may be cut off.
  init(_ packet: RawSpan) throws(WireError) {
    guard packet.byteCount > 0 else { throw .truncated(needed: 20, available: 0) }
    if packet.byte(0) >> 4 == 6 {
      let view = try IPv6View(parsingQuoted: packet)
      let found = view.extensions
      if let error = found.error { throw error }
      tuple.isIPv6 = true
      tuple.source = UInt128(view.source.high) << 64 | UInt128(view.source.low)
      tuple.destination = UInt128(view.destination.high) << 64 | UInt128(view.destination.low)
      tuple.ipProtocol = found.payloadProtocol.rawValue
      // A segment that hardware will cut may have a length of 0.
      let end = view.payloadLength == 0 ? packet.byteCount : 40 &+ view.payload.byteCount
      payload = min(40 &+ found.payloadOffset, end)..<end
      fragment = found.isFragment ? found.identification : nil
      isLater = found.fragmentOffset > 0
      return
    }
    guard packet.byteCount >= 20 else {
      throw .truncated(needed: 20, available: packet.byteCount)
    }
    guard packet.byte(0) >> 4 == 4 else { throw .badVersion(Int(packet.byte(0) >> 4)) }
    let length = Int(packet.byte(0) & 15) &* 4
    let total = Int(packet.word16(2))
    guard length >= 20, length <= packet.byteCount else { throw .badLength(length) }
    guard total >= length || total == 0 else { throw .badLength(total) }
    let end = total == 0 ? packet.byteCount : min(total, packet.byteCount)
    tuple.source = UInt128(packet.word32(12))
    tuple.destination = UInt128(packet.word32(16))
    tuple.ipProtocol = packet.byte(9)
    payload = length..<end
    let place = packet.word16(6)
    isLater = place & 0x1fff != 0
    fragment = place & 0x3fff != 0 ? UInt32(packet.word16(4)) : nil
  }
}
