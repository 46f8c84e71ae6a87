internal import MartletDevice

/// A limit on how often something is done: `rate` times a second, `burst` times at once.
struct TokenBucket: BitwiseCopyable {
  private let interval: Int64
  private let burst: Int64
  /// How far the tokens taken reach, each worth one interval of time.
  private var virtual = Instant(microseconds: .min / 2)

  /// Starts full.
  init(rate: Int64, burst: Int64) {
    interval = 1_000_000 / max(rate, 1)
    self.burst = max(burst, 1)
  }

  /// Takes a token; false when there is none.
  mutating func take(now: Instant) -> Bool {
    let full = Instant(microseconds: now.microseconds &- interval &* burst)
    let start = max(virtual, full)
    guard start.microseconds &+ interval <= now.microseconds else { return false }
    virtual = Instant(microseconds: start.microseconds &+ interval)
    return true
  }
}
