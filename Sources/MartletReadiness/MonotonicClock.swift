// Says `unsafe` where the kernel is handed a structure of this module's own.

internal import CMartletHost
internal import Glibc
public import MartletDevice

/// The machine's monotonic clock.
public enum MonotonicClock {
  /// The time since the machine was started; it never runs backwards.
  public static var now: Instant {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
