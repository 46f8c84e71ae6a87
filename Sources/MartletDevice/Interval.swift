/// A length of time in microseconds.
///
/// `Duration` of the standard library is 128 bits wide and its arithmetic shows up in the packet
/// path; 64 bits of microseconds last 292,000 years.
public struct Interval: Equatable, Comparable, Hashable, Sendable, BitwiseCopyable {
  /// The length in microseconds; negative means backwards.
  public var microseconds: Int64

  /// Takes microseconds.
  @inlinable public init(microseconds: Int64) { self.microseconds = microseconds }

  /// Takes microseconds.
  @inlinable
  public static func microseconds(_ count: Int64) -> Self { Self(microseconds: count) }
  /// Takes milliseconds.
  @inlinable
  public static func milliseconds(_ count: Int64) -> Self { Self(microseconds: count &* 1000) }
  /// Takes seconds.
  @inlinable
  public static func seconds(_ count: Int64) -> Self { Self(microseconds: count &* 1_000_000) }

  /// No time at all.
  @inlinable public static var zero: Self { Self(microseconds: 0) }

  /// Orders by length.
  @inlinable
  public static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }
  /// The sum; it wraps beyond 292,000 years.
  @inlinable
  public static func + (a: Self, b: Self) -> Self {
    Self(microseconds: a.microseconds &+ b.microseconds)
  }
  /// The difference.
  @inlinable
  public static func - (a: Self, b: Self) -> Self {
    Self(microseconds: a.microseconds &- b.microseconds)
  }
  /// `factor` times as long.
  @inlinable
  public static func * (a: Self, factor: Int64) -> Self {
    Self(microseconds: a.microseconds &* factor)
  }
  /// One part in `divisor`, which must not be zero.
  @inlinable
  public static func / (a: Self, divisor: Int64) -> Self {
    Self(microseconds: a.microseconds / divisor)
  }
}
