/// What the two ECN bits of an IP header say (RFC 3168, section 5).
public enum ExplicitCongestion: UInt8, Equatable, Sendable, BitwiseCopyable {
  /// Not-ECT: the sender does not take part; a congested router drops.
  case notCapable = 0
  /// ECT(1).
  case capable1 = 1
  /// ECT(0), which a sender uses unless it has a reason.
  case capable0 = 2
  /// CE: a router on the way was congested.
  case experienced = 3

  /// Takes the low two bits of a type-of-service byte.
  @inlinable
  public init(typeOfService: UInt8) {
    switch typeOfService & 3 {
    case 0: self = .notCapable
    case 1: self = .capable1
    case 2: self = .capable0
    default: self = .experienced
    }
  }
}
