/// Decides when a schedule's time has come: at most once for each of its days, whatever the clock
/// does and however often the hub begins anew.
public struct ScheduleClock: Equatable, Sendable {
  /// What is to be done for a day.
  public enum Decision: Equatable, Sendable {
    /// Its time has come: begin.
    case begin(CivilDate)
    /// It was missed by so many seconds, more than its grace: tell, and do nothing.
    case missed(CivilDate, by: Int64)
  }

  /// The last day that was decided. This must survive the hub, before what was decided is done.
  public private(set) var decided: CivilDate

  /// Takes up what survived.
  public init(decided: CivilDate) { self.decided = decided }

  /// For a schedule that is new, or changed: what lies before `now` was never meant.
  public init(for schedule: Schedule, now: Int64, in place: Place) {
    let today = place.zone.local(now).date
    decided = today.adding(-2)
    for date in [today.adding(-1), today, today.adding(1)] {
      if let due = schedule.instant(on: date, in: place), due <= now { decided = date }
    }
    if decided < today.adding(-1) { decided = today.adding(-1) }
  }

  /// The decisions that are due, oldest first; those of more than a week ago are forgotten.
  public mutating func poll(
    _ schedule: Schedule, now: Int64, in place: Place
  ) -> [Decision] {
    guard schedule.isEnabled else { return [] }
    let today = place.zone.local(now).date
    var decisions: [Decision] = []
    var date = max(decided.adding(1), today.adding(-7))
    while date <= today.adding(1) {
      if let due = schedule.instant(on: date, in: place) {
        guard due <= now else { break }
        let late = now - due
        decisions.append(late <= schedule.grace ? .begin(date) : .missed(date, by: late))
        decided = date
      }
      date = date.adding(1)
    }
    return decisions
  }
}
