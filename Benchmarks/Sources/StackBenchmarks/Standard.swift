import Glibc
import MartletDevice

/// What a benchmark needs of the system.
enum Standard {
  /// The monotonic clock.
  static var now: Instant { read(CLOCK_MONOTONIC) }
  /// The processor time of this process.
  static var processorTime: Instant { read(CLOCK_PROCESS_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> Instant {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  static func error(_ text: String) {
    let line = Array((text + "\n").utf8)
    _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  static func exit(_ status: Int32) -> Never { Glibc.exit(status) }
}

/// Wall and processor time since it was made.
struct StopWatch {
  private let start = Standard.now
  private let processorStart = Standard.processorTime

  var wallSeconds: Double { Double((Standard.now - start).microseconds) / 1e6 }
  var processorSeconds: Double {
    Double((Standard.processorTime - processorStart).microseconds) / 1e6
  }
}
