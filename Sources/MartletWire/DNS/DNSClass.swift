/// The class of a DNS record. Its top bit means something else in multicast DNS (RFC 6762, sections
/// 5.4 and 10.2).
public struct DNSClass: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number on the wire.
  public let rawValue: UInt16
  /// Takes the number on the wire.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The internet.
  @inlinable public static var internet: Self { Self(rawValue: 1) }
  /// In questions: every class.
  @inlinable public static var any: Self { Self(rawValue: 255) }
}
