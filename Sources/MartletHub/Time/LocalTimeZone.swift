/// The clock of a place: how far it is from Greenwich, and when that changes.
///
/// It is read from the system's own database (RFC 9636), so that a house needs no network to know
/// its time.
public struct LocalTimeZone: Sendable {
  private let transitions: [Int64]
  /// The offset from each transition on; one more, first, for the time before.
  private let offsets: [Int]
  private let rule: ZoneRule?

  /// Greenwich.
  public static var utc: Self { Self(transitions: [], offsets: [0], rule: nil) }

  private init(transitions: [Int64], offsets: [Int], rule: ZoneRule?) {
    self.transitions = transitions
    self.offsets = offsets
    self.rule = rule
  }

  /// Reads a file of the database, of version 2 or later.
  public init(tzif bytes: [UInt8]) throws(TimeZoneError) {
    let first = try TZifHeader(bytes, at: 0)
    guard first.version >= 0x32 else { throw .notTZif }
    let start = TZifHeader.length + first.bodyLength(timeLength: 4)
    let header = try TZifHeader(bytes, at: start)
    let body = start + TZifHeader.length
    let end = body + header.bodyLength(timeLength: 8)
    guard end <= bytes.count else { throw .truncated }
    guard header.typeCount > 0 else { throw .malformed }

    let indices = body + 8 * header.timeCount
    let types = indices + header.timeCount
    func offset(_ type: Int) -> Int {
      Int(Int32(truncatingIfNeeded: bytes.bigEndian(4, at: types + 6 * type)))
    }
    var transitions: [Int64] = []
    var offsets = [offset(0)]
    for index in 0..<header.timeCount {
      let type = Int(bytes[indices + index])
      guard type < header.typeCount else { throw .malformed }
      let instant = bytes.bigEndian(8, at: body + 8 * index)
      guard transitions.last.map({ $0 < instant }) ?? true else { throw .malformed }
      transitions.append(instant)
      offsets.append(offset(type))
    }
    guard offsets.allSatisfy({ abs($0) < 26 * 3600 }) else { throw .malformed }
    self.transitions = transitions
    self.offsets = offsets
    let footer = bytes[end...].dropFirst().prefix { $0 != 0x0A }
    rule = footer.isEmpty ? nil : try ZoneRule(parsing: Array(footer))
  }

  /// Seconds east of Greenwich at an instant, in seconds since 1970, UTC.
  public func offset(at instant: Int64) -> Int {
    if let last = transitions.last, instant < last || rule == nil {
      return offsets[place(of: instant)]
    }
    return rule?.offset(at: instant) ?? offsets[offsets.count - 1]
  }

  /// How many transitions are not after an instant.
  private func place(of instant: Int64) -> Int {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= instant { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The instants in a range, which is not empty, at which the offset changes.
  public func changes(in range: Range<Int64>) -> [Int64] {
    var instants = Array(
      transitions[place(of: range.lowerBound - 1)..<place(of: range.upperBound - 1)])
    if let rule, range.upperBound > transitions.last ?? .min {
      let first = CivilDate(number: Int(range.lowerBound / 86_400)).parts.year - 1
      let last = CivilDate(number: Int(range.upperBound / 86_400)).parts.year + 1
      for year in first...last {
        for change in rule.changes(in: year)
        where range.contains(change.instant) && change.instant > transitions.last ?? .min {
          instants.append(change.instant)
        }
      }
    }
    return instants.sorted().filter { offset(at: $0) != offset(at: $0 - 1) }
  }

  /// The day and the second of it that clocks show at an instant.
  public func local(_ instant: Int64) -> (date: CivilDate, second: Int) {
    let shown = instant + Int64(offset(at: instant))
    let day = shown >= 0 ? shown / 86_400 : (shown - 86_399) / 86_400
    return (CivilDate(number: Int(day)), Int(shown - day * 86_400))
  }

  /// The first instant at which clocks show this time or, where they skip it, a later one: what is
  /// to happen at 02:30 happens at 03:00 when there is no 02:30, and once when there are two.
  public func instant(_ date: CivilDate, second: Int) -> Int64 {
    let shown = Int64(date.number) * 86_400 + Int64(second)
    let window = shown - 93_600..<shown + 93_600
    var start = window.lowerBound
    for change in changes(in: window) + [window.upperBound] {
      // Between two changes clocks go steadily.
      let instant = max(start, shown - Int64(offset(at: start)))
      if instant < change { return instant }
      start = change
    }
    return shown - Int64(offset(at: start))
  }
}
