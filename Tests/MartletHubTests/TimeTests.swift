import MartletDevice
import MartletHub
import Testing

/// Dates, time zones against Python's, and the sun.
@Suite struct TimeTests {
  static let start: Int64 = 946_684_800
  static let end: Int64 = 2_145_916_800

  @Test func everyDayOfFourCenturiesIsRead() {
    var date = CivilDate(year: 1900, month: 1, day: 1)
    #expect(date?.number == -25_567 && date?.weekday == 1)
    var last = (1899, 12, 31)
    for _ in 0..<146_097 {
      guard let today = date else { return }
      let parts = today.parts
      #expect(CivilDate(year: parts.year, month: parts.month, day: parts.day) == today)
      #expect(parts > last)
      last = parts
      date = today.adding(1)
    }
    #expect(last == (2299, 12, 31))
    for (year, month, day) in [
      (2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 1, 0),
    ] {
      #expect(CivilDate(year: year, month: month, day: day) == nil)
    }
    #expect(CivilDate(year: 2000, month: 2, day: 29) != nil)
  }

  @Test func everyZoneChangesWhenPythonSays() throws {
    #expect(ZoneDatabase.changes.count > 300)
    var count = 0
    for (name, changes) in ZoneDatabase.changes {
      let zone = try ZoneDatabase.zone(name)
      let own = zone.changes(in: Self.start + 1..<Self.end)
      #expect(own == changes.map(\.instant), "\(name)")
      for (instant, before, after) in changes {
        #expect(zone.offset(at: instant - 1) == before, "\(name) at \(instant)")
        #expect(zone.offset(at: instant) == after, "\(name) at \(instant)")
        count += 1
      }
    }
    #expect(count > 10_000)
  }

  /// What clocks show is found again, and never later than it could be.
  @Test func localTimesAreFoundAroundEveryChange() throws {
    var chance = SplitMix64(seed: 1)
    for (name, changes) in ZoneDatabase.changes {
      let zone = try ZoneDatabase.zone(name)
      for (instant, before, after) in changes {
        for _ in 0..<3 {
          let around = instant + Int64.random(in: -90_000...90_000, using: &chance)
          let (date, second) = zone.local(around)
          let found = zone.instant(date, second: second)
          let shown = zone.local(found)
          #expect(found <= around && shown == (date, second), "\(name) \(around)")
        }
        guard after > before else { continue }
        // A time that clocks skip.
        let skipped =
          instant + Int64(before) + Int64.random(in: 0..<Int64(after - before), using: &chance)
        let date = CivilDate(number: Int((skipped - (skipped % 86_400 + 86_400) % 86_400) / 86_400))
        let second = Int((skipped % 86_400 + 86_400) % 86_400)
        #expect(zone.instant(date, second: second) == instant, "\(name) \(instant)")
      }
    }
  }

  @Test func damagedFilesAreRefusedAndNeverTrap() throws {
    let bytes = try #require(ZoneDatabase.bytes("/usr/share/zoneinfo/Europe/Berlin"))
    for length in 0..<bytes.count - 1 {
      // Without its last line a file has no rule; every other part is missed.
      guard let zone = try? LocalTimeZone(tzif: Array(bytes[..<length])) else { continue }
      _ = zone.offset(at: 4_000_000_000)
      #expect(length > bytes.count - 40)
    }
    var chance = SplitMix64(seed: 2)
    for _ in 0..<3000 {
      var damaged = bytes
      for _ in 0..<3 {
        let place = Int.random(in: 0..<damaged.count, using: &chance)
        damaged[place] = UInt8.random(in: 0...255, using: &chance)
      }
      guard let zone = try? LocalTimeZone(tzif: damaged) else { continue }
      for instant in [Int64.min / 2, -1, 0, 1_700_000_000, 4_000_000_000] {
        _ = zone.offset(at: instant)
      }
      _ = zone.instant(CivilDate(number: 30_000), second: 9000)
    }
    #expect(throws: TimeZoneError.notTZif) {
      try LocalTimeZone(tzif: [UInt8](repeating: 0, count: 100))
    }
  }

  /// Places and days whose times are published, in local time.
  static let suns: [(String, Double, Double, (Int, Int, Int), Int, Int)] = [
    ("Europe/London", 51.507, -0.128, (2024, 6, 20), 4 * 60 + 43, 21 * 60 + 22),
    ("America/New_York", 40.713, -74.006, (2024, 12, 21), 7 * 60 + 17, 16 * 60 + 32),
    ("Australia/Sydney", -33.869, 151.209, (2024, 12, 21), 5 * 60 + 41, 20 * 60 + 5),
    ("Europe/Berlin", 52.52, 13.405, (2024, 3, 20), 6 * 60 + 9, 18 * 60 + 19),
  ]

  @Test(arguments: suns)
  func sunRisesAndSetsOnTime(
    _ name: String, _ latitude: Double, _ longitude: Double, _ day: (Int, Int, Int), _ rise: Int,
    _ set: Int
  ) throws {
    let zone = try ZoneDatabase.zone(name)
    let position = try #require(GeographicPosition(latitude: latitude, longitude: longitude))
    let date = try #require(CivilDate(year: day.0, month: day.1, day: day.2))
    let sun = try #require(position.sun(on: date))
    let (riseDate, riseSecond) = zone.local(sun.rise)
    let (setDate, setSecond) = zone.local(sun.set)
    #expect(riseDate == date && setDate == date)
    #expect(abs(riseSecond - rise * 60) <= 120)
    #expect(abs(setSecond - set * 60) <= 120)
  }

  @Test func sunMayStayUpOrDown() throws {
    let north = try #require(GeographicPosition(latitude: 69.65, longitude: 18.96))
    let june = try #require(CivilDate(year: 2024, month: 6, day: 21))
    let december = try #require(CivilDate(year: 2024, month: 12, day: 21))
    let march = try #require(CivilDate(year: 2024, month: 3, day: 21))
    #expect(north.sun(on: june) == nil && north.sun(on: december) == nil)
    #expect(north.sun(on: march) != nil)
    #expect(GeographicPosition(latitude: 91, longitude: 0) == nil)
    #expect(GeographicPosition(latitude: .nan, longitude: 0) == nil)
    #expect(GeographicPosition(latitude: 90, longitude: 0)?.sun(on: june) == nil)
  }
}
