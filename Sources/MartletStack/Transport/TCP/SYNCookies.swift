internal import MartletDevice
internal import MartletWire

/// SYN cookies (RFC 4987, section 3.6): a handshake whose state travels in its own numbers.
///
/// When no half-open entry is left, the initial sequence number says which segment size the SYN
/// asked for, under a keyed hash that only this stack can make. Window scale and SACK fit nowhere
/// but into the timestamp's low bits, so they last only with timestamps.
struct SYNCookies {
  private let key: SipHash
  /// When the last one was sent.
  var sentAt: Instant?

  /// The segment sizes that three bits choose from.
  private static func segmentSize(_ index: Int) -> UInt16 {
    switch index {
    case 1: 216
    case 2: 536
    case 3: 1200
    case 4: 1400
    case 5: 1440
    case 6: 1452
    case 7: 1460
    // The least that a peer is sent, whatever it asks for: never more than it has asked.
    default: 48
    }
  }

  /// A cookie's minute must be this or the last.
  private static var period: Int64 { 64_000_000 }

  init(key: SipHash) { self.key = key }

  /// Whether one that was sent could come back now. At other times nobody may guess one: 24 bits are
  /// few for who may try for ever.
  func mayReturn(now: Instant) -> Bool {
    guard let sentAt else { return false }
    return now - sentAt <= .microseconds(2 * Self.period)
  }

  /// The initial sequence number that remembers a SYN.
  func encode(
    _ key: ConnectionKey, peerSequence: SequenceNumber, segmentSize: UInt16, now: Instant
  ) -> SequenceNumber {
    var index = 7
    while index > 0, Self.segmentSize(index) > segmentSize { index -= 1 }
    let minute = UInt64(truncatingIfNeeded: now.microseconds / Self.period)
    return SequenceNumber(
      rawValue: mac(key, peerSequence, minute: minute) & ~0xFF
        | UInt32(minute & 31) << 3 | UInt32(index))
  }

  /// The segment size that a returned cookie remembers; `nil` when it is not ours or too old.
  func decode(
    _ cookie: SequenceNumber, _ key: ConnectionKey, peerSequence: SequenceNumber, now: Instant
  ) -> UInt16? {
    let current = UInt64(truncatingIfNeeded: now.microseconds / Self.period)
    let age = (current &- UInt64(cookie.rawValue >> 3)) & 31
    guard age <= 1 else { return nil }
    guard mac(key, peerSequence, minute: current &- age) & ~0xFF == cookie.rawValue & ~0xFF
    else { return nil }
    return Self.segmentSize(Int(cookie.rawValue & 7))
  }

  private func mac(
    _ connection: ConnectionKey, _ peerSequence: SequenceNumber, minute: UInt64
  ) -> UInt32 {
    UInt32(
      truncatingIfNeeded: key.hash(
        connection.addresses, connection.ports << 32 | UInt64(peerSequence.rawValue), minute))
  }

  /// A timestamp not above `clock` whose low six bits say what the SYN offered.
  static func timestamp(_ clock: UInt32, windowScale: UInt8?, isSelective: Bool) -> UInt32 {
    let bits = UInt32(windowScale ?? 15) & 15 | (isSelective ? 16 : 0)
    let marked = clock & ~63 | bits
    return marked > clock ? marked &- 64 : marked
  }

  /// What the low bits of an echoed timestamp say.
  static func offers(_ echo: UInt32) -> (windowScale: UInt8?, isSelective: Bool) {
    let scale = UInt8(truncatingIfNeeded: echo & 15)
    return (scale == 15 ? nil : min(scale, 14), echo & 16 != 0)
  }
}
