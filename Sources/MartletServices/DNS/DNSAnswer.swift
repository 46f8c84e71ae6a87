public import MartletWire

/// What a resolver has found.
public struct DNSAnswer: Equatable, Sendable {
  /// Which question it answers.
  public let query: DNSQueryID
  /// The addresses, or why there are none.
  public let outcome: Outcome

  /// How a search ended.
  public enum Outcome: Equatable, Sendable {
    /// One address at least, 16 at most, as the server ordered them.
    case addresses([IPv4Address])
    /// None.
    case failed(DNSFailure)
  }
}

/// Names one question to a resolver.
public struct DNSQueryID: Equatable, Hashable, Sendable, BitwiseCopyable {
  let rawValue: UInt64
}
