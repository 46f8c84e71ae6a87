internal import CMartletChecksum

/// Time in seconds and in cycles of the core, which is not the clock's: a core may run faster or
/// slower than its clock ticks, and changes its mind.
struct Stopwatch {
  struct Reading {
    let seconds: Double
    let cycles: Double
  }

  private let ticksPerSecond: Double

  /// Compares the tick counter with the system's clock; takes 20 ms.
  init() {
    let clock = ContinuousClock()
    let (start, ticks) = (clock.now, martlet_ticks())
    while start.duration(to: clock.now) < .milliseconds(20) {}
    let elapsed = start.duration(to: clock.now) / .seconds(1)
    ticksPerSecond = Double(martlet_ticks() - ticks) / elapsed
  }

  /// Times `body`, with work of a known number of cycles on either side of it.
  func measure(_ body: () -> Void) -> Reading {
    let before = Self.ticksPerCycle()
    let start = martlet_ticks()
    body()
    let ticks = Double(martlet_ticks() - start)
    let after = Self.ticksPerCycle()
    return Reading(seconds: ticks / ticksPerSecond, cycles: ticks / min(before, after))
  }

  private static func ticksPerCycle() -> Double {
    let turns: UInt64 = 400
    let start = martlet_ticks()
    martlet_spend_cycles(turns)
    return Double(martlet_ticks() - start) / Double(64 * turns)
  }
}
