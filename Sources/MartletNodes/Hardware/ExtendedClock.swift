public import MartletDevice

/// A clock that does not end, over a counter that does: 32 bits of microseconds last 71.6 minutes,
/// 32 bits of milliseconds 49.7 days.
///
/// It must be asked at least once each time the counter goes round.
public struct ExtendedClock: Sendable {
  private var last: UInt32
  private var count: Int64 = 0
  private let microsecondsPerTick: Int64

  /// Starts at zero, with the counter's present value.
  public init(counter: UInt32, microsecondsPerTick: Int64) {
    last = counter
    self.microsecondsPerTick = microsecondsPerTick
  }

  /// The time since the start, for the counter's present value.
  public mutating func now(counter: UInt32) -> Instant {
    count += Int64(counter &- last)
    last = counter
    return Instant(microseconds: count * microsecondsPerTick)
  }
}
