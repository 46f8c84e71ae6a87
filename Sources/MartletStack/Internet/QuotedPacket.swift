internal import MartletWire

/// The front of a packet that this host sent, as an ICMP error quotes it: the IPv4 header and at
/// least eight bytes (RFC 792).
struct QuotedPacket: Equatable, BitwiseCopyable {
  /// The sender: this host, or nobody asked.
  let source: IPv4Address
  /// Where it was sent to.
  let destination: IPv4Address
  /// What it carried.
  let payloadProtocol: IPProtocol
  /// Its total length, as the quote says.
  let totalLength: Int
  /// Whether it forbade fragments.
  let dontFragment: Bool
  /// The first eight bytes of its payload.
  let payload: UInt64

  /// Reads a quote; `nil` when it is too short to name a sender, or of a later fragment.
  init?(parsing bytes: RawSpan) {
    guard bytes.byteCount >= 28 else { return nil }
    let first = bytes.load(UInt8.self, at: 0)
    let headerLength = Int(first & 15) * 4
    guard first >> 4 == 4, headerLength >= 20, bytes.byteCount >= headerLength + 8 else {
      return nil
    }
    let flagsAndOffset = bytes.load(UInt16.self, at: 6)
    guard flagsAndOffset & 0x1FFF == 0 else { return nil }
    totalLength = Int(bytes.load(UInt16.self, at: 2))
    dontFragment = flagsAndOffset & 0x4000 != 0
    payloadProtocol = IPProtocol(rawValue: bytes.load(at: 9))
    source = bytes.loadIPv4Address(at: 12)
    destination = bytes.loadIPv4Address(at: 16)
    payload = bytes.load(at: headerLength)
  }

  /// The source port of TCP and UDP.
  var sourcePort: UInt16 { UInt16(truncatingIfNeeded: payload >> 48) }
  /// The destination port of TCP and UDP.
  var destinationPort: UInt16 { UInt16(truncatingIfNeeded: payload >> 32) }
  /// TCP's sequence number.
  var sequenceNumber: SequenceNumber {
    SequenceNumber(rawValue: UInt32(truncatingIfNeeded: payload))
  }
  /// The type of an ICMP message.
  var messageType: UInt8 { UInt8(truncatingIfNeeded: payload >> 56) }
  /// The identifier of an ICMP echo.
  var identifier: UInt16 { UInt16(truncatingIfNeeded: payload >> 16) }
  /// The sequence number of an ICMP echo.
  var echoSequence: UInt16 { UInt16(truncatingIfNeeded: payload) }
}
