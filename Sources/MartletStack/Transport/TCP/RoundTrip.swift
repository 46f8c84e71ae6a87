internal import MartletDevice

/// The round-trip time of one connection and the time-outs that follow from it (RFC 6298).
struct RoundTrip: BitwiseCopyable {
  /// The smoothed round-trip time; zero before the first sample.
  private(set) var smoothed = Interval.zero
  /// Its mean deviation.
  private(set) var variation = Interval.zero
  /// The shortest seen of late: the path without queues.
  private(set) var minimum = Interval.zero
  private var minimumAt = Instant.zero
  /// How often the time-out has been doubled. Only a sample undoes that: the acknowledgment of a
  /// segment sent twice says nothing about the path (RFC 6298, 5.7; Karn).
  private(set) var backoff: UInt8 = 0
  /// How often the timer has run out since the last new acknowledgment.
  private(set) var expiryCount: UInt8 = 0
  private var first = RoundTrip.initialTimeout

  /// The time-out before there is a sample (RFC 6298, 2.1).
  static var initialTimeout: Interval { .seconds(1) }
  /// The longest time-out; the RFC asks for at least 60 s.
  static var maximumTimeout: Interval { .seconds(60) }
  /// A minimum older than this gives way: the path may have changed.
  private static var minimumAge: Interval { .seconds(30) }

  /// Nothing measured.
  init() {}

  /// Whether there has been a sample.
  var hasSample: Bool { smoothed > .zero }

  /// Takes a sample (RFC 6298, 2.2 and 2.3), which must not be of a segment sent twice.
  mutating func sample(_ measured: Interval, at now: Instant) {
    let sample = max(measured, .microseconds(1))
    backoff = 0
    if !hasSample {
      smoothed = sample
      variation = sample / 2
    } else {
      let difference = smoothed - sample
      let deviation = max(difference, .zero - difference)
      variation = variation + (deviation - variation) / 4
      smoothed = max(smoothed + (sample - smoothed) / 8, .microseconds(1))
    }
    if minimum == .zero || sample <= minimum || now - minimumAt > Self.minimumAge {
      minimum = sample
      minimumAt = now
    }
  }

  /// The time-out without back-off, not below `shortest`.
  func base(shortest: Interval) -> Interval {
    guard hasSample else { return max(first, shortest) }
    // On a steady path the variation shrinks to nothing, and a time-out of one round trip would cut
    // short every recovery, which takes two: what Linux adds at least, this side adds too.
    let margin = max(variation * 4, min(shortest, .milliseconds(200)))
    return min(max(smoothed + margin, shortest), Self.maximumTimeout)
  }

  /// RTO: the time-out, doubled for each time it has run out (RFC 6298, 5.5).
  func timeout(shortest: Interval) -> Interval {
    let factor = Int64(1) << Int64(min(backoff, 16))
    return min(base(shortest: shortest) * factor, Self.maximumTimeout)
  }

  /// The timer ran out once more.
  mutating func backOff() {
    backoff = backoff == .max ? .max : backoff + 1
    expiryCount = expiryCount == .max ? .max : expiryCount + 1
  }
  /// New data was acknowledged.
  mutating func progressed() { expiryCount = 0 }
  /// What the timer was doubled for is over.
  mutating func endBackoff() { backoff = 0 }
  /// A SYN had to be sent again: until there is a sample the time-out is 3 s (RFC 6298, 5.7).
  mutating func beCautious() { first = .seconds(3) }
}
