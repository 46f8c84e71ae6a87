/// The part of a DNS message in which a record stands.
public enum DNSSection: Int, Equatable, Sendable, BitwiseCopyable {
  /// What was asked for.
  case answer = 1
  /// Name servers that know more.
  case authority = 2
  /// Records that save another query.
  case additional = 3
}
