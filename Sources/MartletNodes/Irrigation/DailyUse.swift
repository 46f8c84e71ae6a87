internal import MartletDWN
internal import MartletDevice

/// How many seconds each valve was open, by the hour, for the last 24 whole hours and this one.
///
/// A node has no calendar, so a day is any 24 hours. Hours without power do not count as passed.
struct DailyUse {
  private static var hourCount: Int { 25 }

  /// The first byte of a record: its layout.
  private static var layout: UInt8 { 1 }

  /// The seconds by valve and hour; the current hour stands at `current`.
  private var seconds = InlineArray<4, InlineArray<25, UInt16>>(
    repeating: InlineArray(repeating: 0))
  private var current = 0
  private var hourEnd: Instant

  /// What storage says of the current hour, which is never less than what is so.
  private var reserved = InlineArray<4, UInt16>(repeating: 0)

  /// Starts with what is remembered. What was the current hour begins anew.
  init(_ record: [UInt8]?, now: Instant) {
    hourEnd = now + .seconds(3600)
    let size = 2 * ValveCommand.valveCount * Self.hourCount
    guard let record, record.count == 1 + size, record[0] == Self.layout else { return }
    for valve in 0..<ValveCommand.valveCount {
      for age in 0..<Self.hourCount {
        let place = 1 + 2 * (valve * Self.hourCount + age)
        seconds[valve][hour(age)] = UInt16(record[place]) << 8 | UInt16(record[place + 1])
      }
      reserved[valve] = seconds[valve][0]
    }
  }

  /// Where the hour stands that began so many hours ago.
  private func hour(_ age: Int) -> Int { (current + Self.hourCount - age) % Self.hourCount }

  /// The time that a valve was open in the last 24 hours, or a little longer.
  func total(_ valve: Int) -> Interval {
    var sum: Int64 = 0
    for hour in 0..<Self.hourCount { sum += Int64(seconds[valve][hour]) }
    return .seconds(sum)
  }

  /// When `advance` is next needed.
  var nextDeadline: Instant { hourEnd }

  /// Counts a run that has ended; a second that was begun counts whole.
  mutating func charge(_ valve: Int, _ time: Interval) {
    let whole = (time.microseconds + 999_999) / 1_000_000
    let sum = Int64(seconds[valve][current]) + max(0, whole)
    seconds[valve][current] = UInt16(clamping: sum)
  }

  /// Whether storage must be written before a run of at most `longest` may begin: what is cut off
  /// by a power failure counts as if it had run to its end.
  mutating func reserve(_ valve: Int, longest: Interval) -> Bool {
    let needed = UInt16(
      clamping: Int64(seconds[valve][current]) + longest.microseconds / 1_000_000)
    guard reserved[valve] < needed else { return false }
    reserved[valve] = needed
    return true
  }

  /// Lets hours pass; true when storage should be written. `open` is the valve with a run under
  /// way, which may last for `longest`.
  mutating func advance(to now: Instant, open: Int?, longest: Interval) -> Bool {
    var isDue = false
    while hourEnd <= now {
      hourEnd = hourEnd + .seconds(3600)
      current = (current + 1) % Self.hourCount
      for valve in 0..<ValveCommand.valveCount {
        let forgotten = seconds[valve][current]
        seconds[valve][current] = 0
        reserved[valve] = 0
        if forgotten > 0 || total(valve) > .zero { isDue = true }
      }
      if let open { isDue = reserve(open, longest: longest) || isDue }
    }
    return isDue
  }

  /// The record to remember: this hour first, then the last one, and so on.
  var record: [UInt8] {
    var bytes = [Self.layout]
    for valve in 0..<ValveCommand.valveCount {
      for age in 0..<Self.hourCount {
        let known = seconds[valve][hour(age)]
        let value = age == 0 ? max(known, reserved[valve]) : known
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value))
      }
    }
    return bytes
  }
}
