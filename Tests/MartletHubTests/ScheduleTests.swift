import MartletDevice
import MartletHub
import Testing

/// When things happen: once, on their days, whatever clocks do.
@Suite struct ScheduleTests {
  static func date(_ year: Int, _ month: Int, _ day: Int) throws -> CivilDate {
    try #require(CivilDate(year: year, month: month, day: day))
  }

  static func text(_ instant: Int64, _ zone: LocalTimeZone) -> String {
    let (date, second) = zone.local(instant)
    let (year, month, day) = date.parts
    return "\(year)-\(month)-\(day) \(second / 3600):\(second / 60 % 60)"
  }

  @Test func nextDatesAreThoseOfTheWeek() throws {
    let place = Place(zone: try ZoneDatabase.zone("Europe/Berlin"))
    // Monday, Wednesday, Friday at 05:30, over the change of 29 March 2026.
    let schedule = Schedule(.weekly(0b010_1010), at: .minute(330))
    let now = place.zone.instant(try Self.date(2026, 3, 25), second: 6 * 3600)
    let next = schedule.next(5, after: now, in: place)
    let shown = next.map { Self.text($0.instant, place.zone) }
    #expect(
      shown == [
        "2026-3-27 5:30", "2026-3-30 5:30", "2026-4-1 5:30", "2026-4-3 5:30", "2026-4-6 5:30",
      ])
    #expect(next[1].instant - next[0].instant == 3 * 86_400 - 3600)
  }

  @Test func everyThirdDayAndBounds() throws {
    let place = Place(zone: .utc)
    var schedule = Schedule(.every(3, from: try Self.date(2026, 1, 1)), at: .minute(0))
    schedule.first = try Self.date(2026, 2, 1)
    schedule.last = try Self.date(2026, 2, 8)
    let now = place.zone.instant(try Self.date(2026, 1, 20), second: 0)
    let days = schedule.next(9, after: now, in: place).map { $0.date.parts.day }
    #expect(days == [3, 6])
    schedule.isEnabled = false
    #expect(schedule.next(9, after: now, in: place).isEmpty)
  }

  @Test func sunSchedulesFollowTheSun() throws {
    let place = Place(
      zone: try ZoneDatabase.zone("Europe/Berlin"),
      position: GeographicPosition(latitude: 52.52, longitude: 13.405))
    let rise = Schedule(.weekly(127), at: .sunrise(-30))
    let date = try Self.date(2026, 6, 21)
    let sun = try #require(place.position?.sun(on: date))
    #expect(rise.instant(on: date, in: place) == sun.rise - 1800)
    #expect(Schedule(.weekly(127), at: .sunset(5)).instant(on: date, in: place) == sun.set + 300)
    #expect(rise.instant(on: date, in: Place(zone: place.zone)) == nil)
  }

  /// P12 and the complaints of others' users: 02:30 on the night it does not exist, and on the night
  /// it comes twice.
  @Test func theNightsOfTheChange() throws {
    let place = Place(zone: try ZoneDatabase.zone("Europe/Berlin"))
    let schedule = Schedule(.weekly(127), at: .minute(150))
    for (day, shown) in [((2026, 3, 29), "2026-3-29 3:0"), ((2026, 10, 25), "2026-10-25 2:30")] {
      let date = try Self.date(day.0, day.1, day.2)
      let due = try #require(schedule.instant(on: date, in: place))
      #expect(Self.text(due, place.zone) == shown)
      var clock = ScheduleClock(decided: date.adding(-1))
      var begun: [Int64] = []
      for now in stride(from: due - 7200, to: due + 7200, by: 1) {
        for case .begin(date) in clock.poll(schedule, now: now, in: place) { begun.append(now) }
      }
      #expect(begun == [due])
    }
  }

  /// P12 over every zone: each day's occurrence begins once, around changes of the clock.
  @Test func eachDayBeginsOnceInEveryZone() throws {
    var chance = SplitMix64(seed: 3)
    var count = 0
    for (name, changes) in ZoneDatabase.changes {
      let place = Place(zone: try ZoneDatabase.zone(name))
      for (index, change) in changes.enumerated() where index % 8 == 0 {
        // A time that the change touches, and any other.
        let touched = place.zone.local(change.instant - 1).second / 60 + 10
        for minute in [touched % 1440, Int.random(in: 0..<1440, using: &chance)] {
          let schedule = Schedule(.weekly(127), at: .minute(minute))
          let start = change.instant - 90_000
          var clock = ScheduleClock(for: schedule, now: start, in: place)
          var begun: [CivilDate] = []
          for now in stride(from: start, through: start + 180_000, by: 600) {
            for decision in clock.poll(schedule, now: now, in: place) {
              guard case .begin(let date) = decision else {
                Issue.record("\(name): missed at \(now)")
                continue
              }
              begun.append(date)
            }
          }
          let expected = schedule.next(9, after: start, in: place)
            .filter { $0.instant <= start + 180_000 - 180_000 % 600 }.map(\.date)
          #expect(begun == expected, "\(name) \(change.instant) \(minute)")
          #expect(Set(begun).count == begun.count)
          count += begun.count
        }
      }
    }
    #expect(count > 5000)
  }

  @Test func whatWasMissedIsToldAndNotDone() throws {
    let place = Place(zone: .utc)
    let schedule = Schedule(.weekly(127), at: .minute(60))
    let day = try Self.date(2026, 5, 1)
    let due = place.zone.instant(day, second: 3600)
    var clock = ScheduleClock(decided: day.adding(-1))
    #expect(clock.poll(schedule, now: due - 1, in: place).isEmpty)
    var late = clock
    #expect(late.poll(schedule, now: due + 600, in: place) == [.begin(day)])
    late = clock
    #expect(late.poll(schedule, now: due + 601, in: place) == [.missed(day, by: 601)])
    // Two days without power.
    let decisions = clock.poll(schedule, now: due + 2 * 86_400 + 60, in: place)
    let expected: [ScheduleClock.Decision] = [
      .missed(day, by: 172_860), .missed(day.adding(1), by: 86_460), .begin(day.adding(2)),
    ]
    #expect(decisions == expected)
    #expect(clock.decided == day.adding(2))
  }

  @Test func settingTheClockNeverRepeatsADay() throws {
    let place = Place(zone: .utc)
    let schedule = Schedule(.weekly(127), at: .minute(60))
    var chance = SplitMix64(seed: 4)
    var clock = ScheduleClock(decided: try Self.date(2026, 5, 1))
    var now = place.zone.instant(try Self.date(2026, 5, 2), second: 0)
    var begun: [CivilDate] = []
    for _ in 0..<5000 {
      now += Int64.random(in: 0..<1200, using: &chance)
      if Int.random(in: 0..<100, using: &chance) == 0 {
        now += Int64.random(in: -86_400...86_400, using: &chance)
      }
      for case .begin(let date) in clock.poll(schedule, now: now, in: place) { begun.append(date) }
      // The hub begins anew with what survived.
      clock = ScheduleClock(decided: clock.decided)
    }
    #expect(begun.count > 10 && zip(begun, begun.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func newScheduleDoesNotCatchUp() throws {
    let place = Place(zone: .utc)
    let schedule = Schedule(.weekly(127), at: .minute(540))
    let day = try Self.date(2026, 5, 1)
    var clock = ScheduleClock(
      for: schedule, now: place.zone.instant(day, second: 9 * 3600 + 300), in: place)
    #expect(
      clock.poll(schedule, now: place.zone.instant(day, second: 9 * 3600 + 301), in: place).isEmpty)
    var early = ScheduleClock(
      for: schedule, now: place.zone.instant(day, second: 8 * 3600), in: place)
    #expect(
      early.poll(schedule, now: place.zone.instant(day, second: 9 * 3600), in: place)
        == [.begin(day)])
  }

  @Test func adjustmentsEndByThemselves() throws {
    let sequence = try WateringSequence(parsing: "a600,b1,c86400")
    var adjustment = WateringAdjustment()
    #expect(adjustment.applied(to: sequence, now: 100) == sequence)
    adjustment.season = (150, until: 200)
    #expect(adjustment.applied(to: sequence, now: 100)?.text == "a900,b2,c86400")
    #expect(adjustment.applied(to: sequence, now: 200) == sequence)
    adjustment.season = (0, until: 200)
    #expect(adjustment.applied(to: sequence, now: 100) == nil)
    adjustment.season = (30, until: 200)
    #expect(adjustment.applied(to: sequence, now: 100)?.text == "a180,c25920")
    adjustment.rainDelay = 150
    #expect(adjustment.applied(to: sequence, now: 149) == nil)
    #expect(adjustment.applied(to: sequence, now: 150)?.text == "a180,c25920")
  }
}
