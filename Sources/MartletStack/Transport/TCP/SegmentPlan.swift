internal import MartletWire

/// A segment that a connection wants to send: what goes into the header, and which bytes.
struct SegmentPlan: BitwiseCopyable {
  /// What kind of segment it is, which decides what is noted once it has gone.
  enum Kind: UInt8, BitwiseCopyable {
    /// SYN, or SYN and ACK.
    case handshake
    /// Bytes, a FIN, or both, for the first time.
    case new
    /// Bytes, a FIN, or both, again.
    case retransmission
    /// A window or keep-alive probe, which moves nothing.
    case probe
    /// An acknowledgment alone.
    case acknowledgment
  }

  /// What kind of segment it is.
  var kind: Kind
  /// SEG.SEQ.
  var sequence: SequenceNumber
  /// The bytes of payload.
  var length = 0
  /// The control bits.
  var flags: TCPFlags
}
