/// When something is to happen.
public struct Schedule: Equatable, Sendable {
  /// On which days.
  public enum Days: Equatable, Sendable {
    /// On these days of the week; bit 0 is Sunday.
    case weekly(UInt8)
    /// On a day and every so many after it, 1 to 366.
    case every(Int, from: CivilDate)
  }

  /// At what time of the day.
  public enum Time: Equatable, Sendable {
    /// When clocks show this minute of the day, 0 to 1439.
    case minute(Int)
    /// So many minutes after sunrise; before it when negative.
    case sunrise(Int)
    /// So many minutes after sunset; before it when negative.
    case sunset(Int)
  }

  /// On which days.
  public var days: Days
  /// At what time.
  public var time: Time
  /// The first day; `nil` for no bound.
  public var first: CivilDate?
  /// The last day; `nil` for no bound.
  public var last: CivilDate?
  /// Whether it is in force.
  public var isEnabled = true
  /// How late something that was missed may still begin, in seconds.
  public var grace: Int64 = 600

  /// Takes days and a time; no bounds, ten minutes of grace.
  public init(_ days: Days, at time: Time) {
    self.days = days
    self.time = time
  }

  /// Whether a day is one of its days.
  public func includes(_ date: CivilDate) -> Bool {
    if let first, date < first { return false }
    if let last, date > last { return false }
    switch days {
    case .weekly(let mask): return mask >> UInt8(date.weekday) & 1 == 1
    case .every(let count, let start):
      return date >= start && (date.number - start.number) % max(1, count) == 0
    }
  }

  /// When it happens on a day, in seconds since 1970, UTC; `nil` when it does not: because it is not
  /// one of its days, or because the sun does not rise.
  public func instant(on date: CivilDate, in place: Place) -> Int64? {
    guard includes(date) else { return nil }
    switch time {
    case .minute(let minute): return place.zone.instant(date, second: 60 * minute)
    case .sunrise(let minutes):
      return place.position?.sun(on: date).map { $0.rise + Int64(60 * minutes) }
    case .sunset(let minutes):
      return place.position?.sun(on: date).map { $0.set + Int64(60 * minutes) }
    }
  }

  /// The next days on which it happens after an instant, and when.
  public func next(
    _ count: Int, after instant: Int64, in place: Place
  ) -> [(date: CivilDate, instant: Int64)] {
    guard isEnabled else { return [] }
    var found: [(date: CivilDate, instant: Int64)] = []
    // The sun's times may lie on the day before or after their date.
    let today = place.zone.local(instant).date
    for day in -1..<800 where found.count < count {
      let date = today.adding(day)
      if let due = self.instant(on: date, in: place), due > instant { found.append((date, due)) }
    }
    return found
  }
}
