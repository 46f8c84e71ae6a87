/// A date and time of day, UTC, as the daytime service says it (RFC 867).
public struct Daytime: Equatable, Sendable {
  /// The year, of the Gregorian calendar.
  public let year: Int
  /// The month, 1 to 12.
  public let month: Int
  /// The day of the month, 1 to 31.
  public let day: Int
  /// The day of the week, 0 for Sunday.
  public let weekday: Int
  /// The seconds since midnight.
  public let secondOfDay: Int

  /// Takes seconds since 1970, leap seconds not counted.
  public init(secondsSince1970 seconds: Int64) {
    let dayNumber = Self.floorDivided(seconds, by: 86_400)
    secondOfDay = Int(seconds - dayNumber * 86_400)
    weekday = Int(((dayNumber + 4) % 7 + 7) % 7)
    // Days since 1 March of year 0, in eras of 400 years, years beginning in March: the leap day
    // comes last, so that months need no table.
    let shifted = dayNumber + 719_468
    let era = Self.floorDivided(shifted, by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
    year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
  }

  private static func floorDivided(_ value: Int64, by divisor: Int64) -> Int64 {
    (value >= 0 ? value : value - divisor + 1) / divisor
  }

  /// The line of the daytime service, `2026-11-24 16:25:07 UTC`, CR and LF.
  public var line: [UInt8] {
    var line: [UInt8] = []
    Self.append(year, digits: 4, to: &line)
    line.append(UInt8(ascii: "-"))
    Self.append(month, digits: 2, to: &line)
    line.append(UInt8(ascii: "-"))
    Self.append(day, digits: 2, to: &line)
    line.append(UInt8(ascii: " "))
    Self.append(secondOfDay / 3600, digits: 2, to: &line)
    line.append(UInt8(ascii: ":"))
    Self.append(secondOfDay / 60 % 60, digits: 2, to: &line)
    line.append(UInt8(ascii: ":"))
    Self.append(secondOfDay % 60, digits: 2, to: &line)
    for character in " UTC\r\n".utf8 { line.append(character) }
    return line
  }

  private static func append(_ number: Int, digits: Int, to line: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      line.append(UInt8(truncatingIfNeeded: 48 + number / divisor % 10))
      divisor /= 10
    }
  }
}
