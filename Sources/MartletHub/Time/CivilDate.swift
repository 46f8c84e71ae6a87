/// A day of the Gregorian calendar, without a place or a time.
public struct CivilDate: Equatable, Hashable, Comparable, Sendable {
  /// The days since 1 January 1970.
  public let number: Int

  /// Takes the days since 1 January 1970.
  public init(number: Int) { self.number = number }

  /// Takes a year, a month and a day; `nil` when there is no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (-9999...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
      return nil
    }
    // Days since 1 March of year 0, in eras of 400 years that begin in March: the leap day is last.
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    number = era * 146_097 + dayOfEra - 719_468
    guard parts == (year, month, day) else { return nil }
  }

  /// The year, the month (1 to 12) and the day (1 to 31).
  public var parts: (year: Int, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
    return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
  }

  /// The day of the week, 0 for Sunday.
  public var weekday: Int { ((number + 4) % 7 + 7) % 7 }

  /// So many days later.
  public func adding(_ days: Int) -> Self { Self(number: number + days) }

  /// Orders by time.
  public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}
