/// A point on a monotonic clock whose origin is its owner's to choose.
///
/// Nothing in the portable modules reads a clock: the context that owns a stack passes the time in.
public struct Instant: Equatable, Comparable, Hashable, Sendable, BitwiseCopyable {
  /// Microseconds since the clock's origin.
  public var microseconds: Int64

  /// Takes microseconds since the clock's origin.
  @inlinable public init(microseconds: Int64) { self.microseconds = microseconds }
  /// Takes milliseconds since the clock's origin.
  @inlinable public init(milliseconds: Int64) { self.microseconds = milliseconds &* 1000 }

  /// The clock's origin.
  @inlinable public static var zero: Self { Self(microseconds: 0) }
  /// A time that never comes.
  @inlinable public static var distantFuture: Self { Self(microseconds: .max) }

  /// Orders by time.
  @inlinable
  public static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }

  /// The time `interval` later; a sum beyond the representable stays at its end.
  @inlinable
  public static func + (a: Self, interval: Interval) -> Self {
    let (sum, overflow) = a.microseconds.addingReportingOverflow(interval.microseconds)
    return overflow ? .distantFuture : Self(microseconds: sum)
  }

  /// The interval from `b` to `a`.
  @inlinable
  public static func - (a: Self, b: Self) -> Interval {
    Interval(microseconds: a.microseconds &- b.microseconds)
  }
}
