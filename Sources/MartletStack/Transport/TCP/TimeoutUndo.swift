internal import MartletDevice

/// What a retransmission time-out changed, so that a spurious one can be undone (RFC 4015).
struct TimeoutUndo: BitwiseCopyable {
  /// When the timer ran out: what was sent again bears no older timestamp (RFC 3522's RetransmitTS).
  let firedAt: Instant
  /// cwnd before.
  let window: Int32
  /// ssthresh before.
  let threshold: Int32
  /// The curve before.
  let cubic: Cubic
}
