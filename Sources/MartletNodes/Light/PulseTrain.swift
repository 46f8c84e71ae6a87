/// Three channels of pulse-width modulation in software: 500 Hz, at least 12 bits.
///
/// A timer's interrupt sets the outputs to an edge's levels at its tick and asks for the next edge.
/// Nothing else is done there, and nothing of it depends on the network: new levels are taken over
/// only where a period begins. Red begins with the period, green ends with it, blue lies in its
/// middle, so that the supply is not loaded at once and no pulse crosses from one period into the
/// next. Black has no edge, nor has full light.
public struct PulseTrain: Sendable {
  /// Periods a second.
  public static var frequency: Int { 500 }

  /// The ticks of one period.
  public let period: Int

  /// A timer that is too coarse for 12 bits spreads what is left over so many periods.
  public let phases: Int

  private var wanted = InlineArray<3, Int>(repeating: 0)
  private var widths = InlineArray<3, Int>(repeating: 0)
  private var start: UInt64 = 0
  private var phase = 0
  private var edges = InlineArray<8, PulseEdge>(repeating: PulseEdge(tick: 0, levels: 0))
  private var edgeCount = 0
  private var next = 0

  /// A train on a timer of so many ticks a second, 512,000 at least: 1,024 a period.
  public init(ticksPerSecond: Int) {
    period = max(1024, ticksPerSecond / Self.frequency)
    phases = period >= 4096 ? 1 : 4
  }

  /// The finest steps that a channel has between dark and full.
  public var stepCount: Int { period * phases }

  /// Sets what is to be seen from the next period on.
  public mutating func show(_ levels: LightLevels) {
    wanted[0] = steps(levels.red)
    wanted[1] = steps(levels.green)
    wanted[2] = steps(levels.blue)
  }

  /// What is not black gives one step at least; what is not full lacks one.
  private func steps(_ level: UInt16) -> Int {
    guard level > 0 else { return 0 }
    guard level < .max else { return stepCount }
    let exact = Int64(Gamma.light(level)) * Int64(stepCount) + 32_767
    return min(max(Int(exact / 65_535), 1), stepCount - 1)
  }

  /// The next edge. One stands where each period begins, whether or not an output changes there.
  public mutating func nextEdge() -> PulseEdge {
    if next == edgeCount { beginPeriod() }
    defer { next += 1 }
    return edges[next]
  }

  private mutating func beginPeriod() {
    // Half, quarter, three quarters: spread evenly.
    let order = phase == 0 ? 0 : phase == 1 ? 2 : phase == 2 ? 1 : 3
    for channel in 0..<3 {
      let extra = phases > 1 && order < wanted[channel] % phases ? 1 : 0
      widths[channel] = wanted[channel] / phases + extra
    }
    edgeCount = 0
    next = 0
    var at = 0
    while at < period {
      edges[edgeCount] = PulseEdge(tick: start + UInt64(at), levels: levels(at: at))
      edgeCount += 1
      at = changeAfter(at)
    }
    start += UInt64(period)
    phase = (phase + 1) % phases
  }

  /// When a channel is on in this period.
  private func pulse(_ channel: Int) -> Range<Int> {
    let width = widths[channel]
    switch channel {
    case 0: return 0..<width
    case 1: return period - width..<period
    default: return (period - width) / 2..<(period - width) / 2 + width
    }
  }

  private func levels(at tick: Int) -> UInt8 {
    var levels: UInt8 = 0
    for channel in 0..<3 where pulse(channel).contains(tick) { levels |= 1 << UInt8(channel) }
    return levels
  }

  /// The next tick at which a channel changes; the period's end when none does.
  private func changeAfter(_ tick: Int) -> Int {
    var change = period
    for channel in 0..<3 where widths[channel] > 0 {
      let pulse = pulse(channel)
      if pulse.lowerBound > tick { change = min(change, pulse.lowerBound) }
      if pulse.upperBound > tick { change = min(change, pulse.upperBound) }
    }
    return change
  }
}
