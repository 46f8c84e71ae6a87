/// What has become of a range that was sent and is not yet acknowledged.
struct SentMarks: OptionSet, BitwiseCopyable {
  let rawValue: UInt8

  /// The peer holds it, out of order (RFC 2018).
  static var sacked: Self { Self(rawValue: 1) }
  /// It is taken for lost and waits to be sent again.
  static var lost: Self { Self(rawValue: 2) }
  /// It has been sent more than once, so its acknowledgment is ambiguous (Karn).
  static var retransmitted: Self { Self(rawValue: 4) }
}
