/// Why bytes are no time zone (RFC 9636).
public enum TimeZoneError: Error, Equatable, Sendable {
  /// They do not begin with `TZif`, or are of version 1, which ends in 2038.
  case notTZif
  /// They end too early.
  case truncated
  /// A count or an index in them makes no sense.
  case malformed
  /// The rule for the years to come is none.
  case badRule
}
