import Glibc
import MartletDevice

/// The clocks that figures are taken from.
enum Clock {
  /// The monotonic clock.
  static var now: Instant { read(CLOCK_MONOTONIC) }
  /// The processor time of this process.
  static var processor: Instant { read(CLOCK_PROCESS_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> Instant {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
