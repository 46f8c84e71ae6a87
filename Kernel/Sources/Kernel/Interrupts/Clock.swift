import CPlatform
import MartletDevice

/// Time since boot, from the processor's time-stamp counter, and the one timer that wakes the kernel.
///
/// There is no tick: the timer is set to the next thing that is due, and not at all when nothing is.
enum Clock {
  /// Counts in a microsecond, as fixed point with 32 bits behind the point.
  @safe nonisolated(unsafe) private static var microsecondsPerCount: UInt64 = 0
  @safe nonisolated(unsafe) private static var start: UInt64 = 0
  @safe nonisolated(unsafe) private static var timerTicksPerMillisecond: UInt64 = 0
  @safe nonisolated(unsafe) private static var localAPIC: LocalAPIC?

  private static let pitFrequency: UInt64 = 1_193_182
  private static let calibrationMilliseconds: UInt64 = 4
  private static let calibrationCount = 6
  /// A deadline farther away than this takes several interrupts, each of which finds nothing due.
  private static let longestWait: Int64 = 1_000_000

  /// Measures both counters against the PIT, whose frequency is the same on every PC.
  ///
  /// The end of a measurement may be noticed late, because an emulator was not scheduled or the
  /// firmware took the processor, never too soon: the shortest of several is the truest.
  static func start(localAPIC: LocalAPIC?) {
    self.localAPIC = localAPIC
    start = timestamp_read()
    var counts = UInt64.max
    var ticks = UInt64.max
    for _ in 0..<calibrationCount {
      let measured = measure()
      counts = min(counts, measured.counts)
      ticks = min(ticks, measured.ticks)
    }
    timerTicksPerMillisecond = ticks / calibrationMilliseconds
    microsecondsPerCount = (calibrationMilliseconds * 1000) << 32 / counts
    log("clock: \(counts / (calibrationMilliseconds * 1000)) MHz")
  }

  /// What the time-stamp counter and the APIC's timer count while the PIT counts its time.
  private static func measure() -> (counts: UInt64, ticks: UInt64) {
    let count = UInt16(pitFrequency * calibrationMilliseconds / 1000)
    // Channel 2, gate on, speaker off, mode 0: the output goes up when the count is over.
    port_write8(0x61, port_read8(0x61) & ~2 | 1)
    port_write8(0x43, 0b1011_0000)
    port_write8(0x42, UInt8(truncatingIfNeeded: count))
    port_write8(0x42, UInt8(truncatingIfNeeded: count >> 8))
    localAPIC?.startTimer(.max)
    let before = timestamp_read()
    while port_read8(0x61) & 0x20 == 0 { processor_pause() }
    let counts = max(timestamp_read() - before, 1)
    guard let localAPIC else { return (counts, 0) }
    let ticks = UInt64(UInt32.max - localAPIC.timerCount)
    localAPIC.startTimer(0)
    return (counts, ticks)
  }

  /// The time since boot.
  static var now: Instant {
    let elapsed = (timestamp_read() - start).multipliedFullWidth(by: microsecondsPerCount)
    return Instant(microseconds: Int64(elapsed.high << 32 | elapsed.low >> 32))
  }

  /// Makes the timer interrupt at `deadline`, or never.
  static func setTimer(_ deadline: Instant?) {
    guard let deadline else {
      localAPIC?.startTimer(0)
      return
    }
    let wait = UInt64(min(max((deadline - now).microseconds, 1), longestWait))
    if let localAPIC {
      // Rounded up: an interrupt that comes too soon is taken for nothing.
      let ticks = wait * timerTicksPerMillisecond / 1000 + 1
      localAPIC.startTimer(UInt32(truncatingIfNeeded: min(ticks, UInt64(UInt32.max))))
    } else {
      // The PIT counts 16 bits, 55 ms; mode 0 interrupts once.
      let ticks = UInt16(min(wait * pitFrequency / 1_000_000 + 1, 0xFFFF))
      port_write8(0x43, 0b0011_0000)
      port_write8(0x40, UInt8(truncatingIfNeeded: ticks))
      port_write8(0x40, UInt8(truncatingIfNeeded: ticks >> 8))
    }
  }
}
