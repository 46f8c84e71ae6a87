/// How a TCP sender finds its share of a path.
public enum CongestionControl: UInt8, Sendable, BitwiseCopyable {
  /// NewReno (RFC 5681, RFC 6582).
  case newReno
  /// CUBIC (RFC 9438) with HyStart++ (RFC 9406).
  case cubic
}
