/// Two ways to do the same, timed in turns.
///
/// Others on the machine only ever make a sample slower, so the best of many is nearest to what the
/// code takes; the medians tell how it went on this machine at this time.
struct Race {
  struct Result {
    /// Seconds of one repetition: the best sample, and the one in the middle.
    let best: Double
    let median: Double
  }

  private static var samples: Int { 61 }

  /// Times `ours` and `peer`, each `count` repetitions a sample.
  static func run(
    count: Int, ours: (Int) -> Void, peer: (Int) -> Void
  ) -> (ours: Result, peer: Result) {
    var times: ([Double], [Double]) = ([], [])
    ours(count)
    peer(count)
    for _ in 0..<samples {
      times.0.append(time(count, ours))
      times.1.append(time(count, peer))
    }
    return (result(times.0), result(times.1))
  }

  private static func time(_ count: Int, _ body: (Int) -> Void) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    body(count)
    return start.duration(to: clock.now) / .seconds(1) / Double(count)
  }

  private static func result(_ times: [Double]) -> Result {
    let sorted = times.sorted()
    return Result(best: sorted[0], median: sorted[sorted.count / 2])
  }
}
