/// When clocks change in the years to come: the POSIX rule at the end of a time zone's file.
struct ZoneRule: Equatable, Sendable {
  /// A day of a year and a second of it, in local time before the change.
  struct Change: Equatable, Sendable {
    enum Day: Equatable, Sendable {
      /// 1 to 365; 29 February is never counted.
      case julian(Int)
      /// 0 to 365.
      case ordinal(Int)
      /// The n-th such weekday of a month; the 5th is the last.
      case weekday(month: Int, week: Int, day: Int)
    }

    var day: Day
    var second = 7200

    func date(in year: Int) -> CivilDate? {
      guard let first = CivilDate(year: year, month: 1, day: 1) else { return nil }
      switch day {
      case .ordinal(let number): return first.adding(number)
      case .julian(let number):
        let isLeap = CivilDate(year: year, month: 2, day: 29) != nil
        return first.adding(number - 1 + (isLeap && number > 59 ? 1 : 0))
      case .weekday(let month, let week, let day):
        guard let first = CivilDate(year: year, month: month, day: 1) else { return nil }
        var date = first.adding((day - first.weekday + 7) % 7 + 7 * (week - 1))
        if date.parts.month != month { date = date.adding(-7) }
        return date
      }
    }
  }

  /// Seconds east of Greenwich in standard time.
  var standard: Int
  /// Seconds east of Greenwich in summer time, and when it begins and ends.
  var summer: (offset: Int, start: Change, end: Change)?

  static func == (a: Self, b: Self) -> Bool {
    a.standard == b.standard && a.summer?.offset == b.summer?.offset
      && a.summer?.start == b.summer?.start && a.summer?.end == b.summer?.end
  }

  /// The changes of a year, in order: when, and the offset from then on.
  func changes(in year: Int) -> [(instant: Int64, offset: Int)] {
    guard let summer, let start = summer.start.date(in: year), let end = summer.end.date(in: year)
    else { return [] }
    let toSummer = Int64(start.number) * 86_400 + Int64(summer.start.second - standard)
    let toStandard = Int64(end.number) * 86_400 + Int64(summer.end.second - summer.offset)
    let changes = [(instant: toSummer, offset: summer.offset), (toStandard, standard)]
    return toSummer <= toStandard ? changes : [changes[1], changes[0]]
  }

  /// The offset at an instant, in seconds since 1970.
  func offset(at instant: Int64) -> Int {
    guard summer != nil else { return standard }
    let day = Int((instant + Int64(standard)) / 86_400)
    let year = CivilDate(number: day).parts.year
    var last: (instant: Int64, offset: Int)?
    for change in changes(in: year - 1) + changes(in: year) + changes(in: year + 1)
    where change.instant <= instant {
      if last.map({ $0.instant <= change.instant }) ?? true { last = change }
    }
    return last?.offset ?? standard
  }
}
