import CPlatform

/// Entropy from how long the processor takes for the same work: memory accesses and a port that
/// answers at the bus's pace, measured with the time-stamp counter.
///
/// A sample counts for a sixteenth of a bit, and only while the health tests of NIST SP 800-90B,
/// section 4.4, taken at half a bit a sample, pass: on a machine whose clock does not jitter (an
/// emulator that counts instructions) nothing is credited.
enum JitterSource {
  private static let samplesPerBit = 16
  /// One more than 30 bits at half a bit a sample.
  private static let repetitionLimit = 61
  /// Of 512 samples, so many of one value come by chance once in 2^30 times.
  private static let proportionLimit = 410
  private static let window = 512

  private static let samplesPerRound = 1024

  /// Absorbs a round of samples; returns the bits they are worth, at most 64.
  static func gather(into pool: inout EntropyPool) -> Int {
    var good = 0
    var last = (value: UInt64.max, change: UInt64.max)
    var repetitions = 0
    var marked: UInt64 = 0
    var markedCount = 0
    for index in 0..<samplesPerRound {
      let value = sample(index)
      pool.absorb(value)
      repetitions = value == last.value ? repetitions + 1 : 0
      if index % window == 0 { (marked, markedCount) = (value, 0) }
      if value == marked { markedCount += 1 }
      guard repetitions < repetitionLimit, markedCount < proportionLimit else { return 0 }
      // A sample whose first, second or third difference is zero tells nothing new.
      let change = value &- last.value
      if change != 0 && change != last.change { good += 1 }
      last = (value, change)
    }
    return good / samplesPerBit
  }

  @safe nonisolated(unsafe) private static var memory = InlineArray<256, UInt8>(repeating: 0)

  private static func sample(_ index: Int) -> UInt64 {
    let before = timestamp_read()
    for step in 0..<32 { memory[(index &* 37 &+ step &* 61) & 255] &+= 1 }
    _ = port_read8(0x61)
    return timestamp_read() &- before
  }
}
