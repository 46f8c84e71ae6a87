internal import MartletWire

/// A received segment without its bytes: what the state machine looks at.
struct Segment: BitwiseCopyable {
  /// SEG.SEQ.
  var sequence: SequenceNumber
  /// SEG.ACK, meaningful with the ACK flag.
  var acknowledgment: SequenceNumber
  /// The control bits.
  var flags: TCPFlags
  /// SEG.WND as it stands in the header, not scaled.
  var window: UInt16
  /// The options.
  var options: TCPOptions
  /// The bytes of payload.
  var payloadLength: Int
  /// Whether a router marked the packet: congestion experienced (RFC 3168).
  var congestionExperienced: Bool

  init(_ tcp: borrowing TCPView, congestionExperienced: Bool) {
    sequence = tcp.sequenceNumber
    acknowledgment = tcp.acknowledgmentNumber
    flags = tcp.flags
    window = tcp.window
    options = tcp.headerLength == 20 ? TCPOptions() : TCPOptions(parsing: tcp.options)
    payloadLength = tcp.payload.byteCount
    self.congestionExperienced = congestionExperienced
  }

  /// SEG.LEN: payload, with one for SYN and one for FIN.
  var length: Int {
    payloadLength + (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
  }
  /// The sequence number after the last that the segment occupies.
  var end: SequenceNumber { sequence.advanced(by: length) }
}
