import MartletDevice
import MartletNodes
import Testing

/// The pulses of a strip, judged by their edges in virtual time.
@Suite struct PulseTrainTests {
  /// The ticks for which each channel is on, period by period.
  static func widths(_ train: inout PulseTrain, periods: Int) -> [[Int]] {
    var widths: [[Int]] = []
    var edge = train.nextEdge()
    let start = edge.tick
    for number in 1...periods {
      var sums = [0, 0, 0]
      let end = start + UInt64(number * train.period)
      while edge.tick < end {
        let next = train.nextEdge()
        for channel in 0..<3 where edge.levels >> UInt8(channel) & 1 == 1 {
          sums[channel] += Int(min(next.tick, end) - edge.tick)
        }
        edge = next
      }
      widths.append(sums)
    }
    return widths
  }

  static let timers = [512_000, 1_000_000, 2_048_000, 5_000_000, 80_000_000]

  /// The light for a level, by floating point.
  static func light(_ level: Int) -> Double { exponent(Double(level) / 65_535) }

  /// x to the power of 2.2: x², and the fifth root of x by Newton's method.
  private static func exponent(_ x: Double) -> Double {
    guard x > 0 else { return 0 }
    var root = 1.0
    for _ in 0..<200 {
      root -= (root * root * root * root * root - x) / (5 * root * root * root * root)
    }
    return x * x * root
  }

  @Test(arguments: timers) func lightIsRightToTwelveBits(ticksPerSecond: Int) {
    for level in stride(from: 0, through: 65_535, by: 257) {
      var train = PulseTrain(ticksPerSecond: ticksPerSecond)
      #expect(train.stepCount >= 4096)
      let value = UInt16(level)
      train.show(LightLevels(red: value, green: value, blue: value))
      let widths = Self.widths(&train, periods: 4)
      for channel in 0..<3 {
        let sum = widths.reduce(0) { $0 + $1[channel] }
        let mean = Double(sum) / Double(4 * train.period)
        #expect(abs(mean - Self.light(level)) <= 1.0 / 4096, "level \(level): \(mean)")
      }
    }
  }

  @Test(arguments: timers) func brighterNeverLooksDarker(ticksPerSecond: Int) {
    var last = 0
    for level in UInt16.min...UInt16.max where level % 16 == 15 {
      var train = PulseTrain(ticksPerSecond: ticksPerSecond)
      train.show(LightLevels(red: level, green: 0, blue: 0))
      let sum = Self.widths(&train, periods: 4).reduce(0) { $0 + $1[0] }
      #expect(sum >= last)
      last = sum
    }
    #expect(last > 0)
  }

  @Test(arguments: timers) func blackIsBlackAndFullIsFull(ticksPerSecond: Int) {
    var train = PulseTrain(ticksPerSecond: ticksPerSecond)
    train.show(LightLevels(red: 0, green: 65_535, blue: 0))
    for period in 0..<100 {
      let edge = train.nextEdge()
      #expect(edge.tick == UInt64(period * train.period) && edge.levels == 2)
    }
    train.show(LightLevels(red: 1, green: 65_534, blue: 1))
    let widths = Self.widths(&train, periods: 4)
    for channel in [0, 2] { #expect(widths.contains { $0[channel] > 0 }) }
    #expect(widths.contains { $0[1] < train.period })
  }

  @Test(arguments: timers) func noPeriodLacksItsPulse(ticksPerSecond: Int) {
    var train = PulseTrain(ticksPerSecond: ticksPerSecond)
    train.show(LightLevels(red: 12_000, green: 30_000, blue: 64_000))
    let widths = Self.widths(&train, periods: 1000)
    for channel in 0..<3 {
      let own = widths.map { $0[channel] }
      // Four periods in a row are the same as the four before; within them at most a tick apart.
      #expect((own.max() ?? 0) - (own.min() ?? 0) <= (train.phases > 1 ? 1 : 0))
      #expect(own.allSatisfy { $0 > 0 })
      for period in 4..<own.count where own[period] != own[period - 4] {
        Issue.record("period \(period)")
      }
    }
  }

  @Test func edgesRiseAndAreFew() {
    var chance = SplitMix64(seed: 9)
    var train = PulseTrain(ticksPerSecond: 5_000_000)
    var last: UInt64?
    var count = 0
    for _ in 0..<2000 {
      func level() -> UInt16 { UInt16.random(in: 0...65_535, using: &chance) }
      let levels = LightLevels(red: level(), green: level(), blue: level())
      train.show(levels)
      var edge = train.nextEdge()
      // New levels wait for the next period, so that no pulse is cut or joined.
      while edge.tick % UInt64(train.period) != 0 || last == nil {
        if let last { #expect(edge.tick > last) }
        last = edge.tick
        count += 1
        edge = train.nextEdge()
      }
      last = edge.tick
    }
    #expect(count < 2000 * 7)
  }

  @Test func whenTheLoopIsLateTheEdgesAreNot() {
    // The loop that says what to show is held up by the network, as often and as long as it likes.
    var chance = SplitMix64(seed: 10)
    var calm = PulseTrain(ticksPerSecond: 1_000_000)
    var loaded = PulseTrain(ticksPerSecond: 1_000_000)
    let levels = LightLevels(red: 20_000, green: 3, blue: 50_000)
    calm.show(levels)
    loaded.show(levels)
    for _ in 0..<20_000 {
      if Int.random(in: 0..<7, using: &chance) == 0 { loaded.show(levels) }
      #expect(calm.nextEdge() == loaded.nextEdge())
    }
  }
}
