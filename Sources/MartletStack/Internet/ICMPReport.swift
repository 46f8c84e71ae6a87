internal import MartletWire

/// What an ICMP error says, for the transport whose packet it quotes.
struct ICMPReport: Equatable, BitwiseCopyable {
  /// Why the packet did not arrive.
  let reason: EndReason
  /// Whether trying again is pointless (RFC 1122, section 4.2.3.9).
  let isHard: Bool
  /// The next link's MTU when the packet was too long for it, 0 from an old router; otherwise
  /// `nil`.
  let nextHopMTU: Int?
  /// Whether its time to live ran out on the way.
  let isTimeExceeded: Bool
  /// Who says so.
  let sender: IPv4Address

  /// Reads type and code; `nil` for a message that reports nothing about a packet's end.
  init?(type: UInt8, code: UInt8, detail: UInt32, sender: IPv4Address) {
    self.sender = sender
    isTimeExceeded = type == 11 && code == 0
    nextHopMTU = type == 3 && code == 4 ? Int(detail & 0xFFFF) : nil
    switch (type, code) {
    case (3, 0), (3, 6), (3, 11): (reason, isHard) = (.networkUnreachable, false)
    case (3, 2): (reason, isHard) = (.protocolUnreachable, true)
    case (3, 3): (reason, isHard) = (.portUnreachable, true)
    case (3, 9), (3, 10), (3, 13): (reason, isHard) = (.prohibited, true)
    case (3, _), (12, _): (reason, isHard) = (.hostUnreachable, false)
    case (11, _): (reason, isHard) = (.hostUnreachable, false)
    default: return nil
    }
  }
}
