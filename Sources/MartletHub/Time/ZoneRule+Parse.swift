extension ZoneRule {
  /// Reads a rule such as `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX, with RFC 9636's hours beyond a day).
  init(parsing text: [UInt8]) throws(TimeZoneError) {
    var scanner = Scanner(text: text)
    try scanner.takeName()
    standard = -(try scanner.takeTime(hours: 0...24))
    guard !scanner.isAtEnd else { return }
    try scanner.takeName()
    var offset = standard + 3600
    if !scanner.isAtEnd, scanner.next != UInt8(ascii: ",") {
      offset = -(try scanner.takeTime(hours: 0...24))
    }
    let start = try scanner.takeChange()
    let end = try scanner.takeChange()
    guard scanner.isAtEnd else { throw .badRule }
    summer = (offset, start, end)
  }

  private struct Scanner {
    let text: [UInt8]
    var place = 0

    init(text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { place == text.count }
    var next: UInt8? { isAtEnd ? nil : text[place] }

    mutating func take(_ byte: UInt8) -> Bool {
      guard next == byte else { return false }
      place += 1
      return true
    }

    mutating func takeName() throws(TimeZoneError) {
      let start = place
      if take(UInt8(ascii: "<")) {
        while let byte = next, byte != UInt8(ascii: ">") { _ = take(byte) }
        guard take(UInt8(ascii: ">")) else { throw .badRule }
      } else {
        while let byte = next, (0x41...0x5A).contains(byte & 0xDF) { place += 1 }
      }
      guard place - start >= 3 else { throw .badRule }
    }

    mutating func takeNumber(_ range: ClosedRange<Int>) throws(TimeZoneError) -> Int {
      var value = 0
      var count = 0
      while let byte = next, (0x30...0x39).contains(byte), count < 3 {
        value = value * 10 + Int(byte - 0x30)
        place += 1
        count += 1
      }
      guard count > 0, range.contains(value) else { throw .badRule }
      return value
    }

    mutating func takeTime(hours: ClosedRange<Int>) throws(TimeZoneError) -> Int {
      var isNegative = false
      if take(UInt8(ascii: "-")) { isNegative = true } else { _ = take(UInt8(ascii: "+")) }
      var seconds = try takeNumber(hours) * 3600
      if take(UInt8(ascii: ":")) {
        seconds += try takeNumber(0...59) * 60
        if take(UInt8(ascii: ":")) { seconds += try takeNumber(0...59) }
      }
      return isNegative ? -seconds : seconds
    }

    mutating func takeChange() throws(TimeZoneError) -> Change {
      guard take(UInt8(ascii: ",")) else { throw .badRule }
      var change: Change
      if take(UInt8(ascii: "M")) {
        let month = try takeNumber(1...12)
        guard take(UInt8(ascii: ".")) else { throw .badRule }
        let week = try takeNumber(1...5)
        guard take(UInt8(ascii: ".")) else { throw .badRule }
        change = Change(day: .weekday(month: month, week: week, day: try takeNumber(0...6)))
      } else if take(UInt8(ascii: "J")) {
        change = Change(day: .julian(try takeNumber(1...365)))
      } else {
        change = Change(day: .ordinal(try takeNumber(0...365)))
      }
      if take(UInt8(ascii: "/")) { change.second = try takeTime(hours: 0...167) }
      return change
    }
  }
}
