/// IPv6 addresses as text (RFC 4291, section 2.2; written as RFC 5952 has it).
package enum IPv6Text {
  /// The address of a text; `nil` where it is none.
  static func parse(_ text: Substring) -> UInt128? {
    let halves = split(text)
    switch halves.count {
    case 1:
      guard let groups = groups(of: halves[0]), groups.count == 8 else { return nil }
      return value(of: groups)
    case 2:
      guard let front = groups(of: halves[0]), let back = groups(of: halves[1]),
        front.count + back.count < 8
      else { return nil }
      let zeros = Array(repeating: UInt16(0), count: 8 - front.count - back.count)
      return value(of: front + zeros + back)
    default: return nil
    }
  }

  /// The text of an address: the longest run of zero groups, two at least, becomes `::`.
  package static func format(_ address: UInt128) -> String {
    let groups = (0..<8).reversed().map { UInt16(truncatingIfNeeded: address >> UInt128($0 * 16)) }
    let run = longestZeroRun(in: groups)
    let words = groups.map { String($0, radix: 16) }
    guard run.count > 1 else { return words.joined(separator: ":") }
    return words[..<run.lowerBound].joined(separator: ":") + "::"
      + words[run.upperBound...].joined(separator: ":")
  }

  private static func longestZeroRun(in groups: [UInt16]) -> Range<Int> {
    var best = 0..<0
    var start = 0
    for (index, group) in groups.enumerated() {
      if group != 0 {
        start = index + 1
      } else if index + 1 - start > best.count {
        best = start..<index + 1
      }
    }
    return best
  }

  /// The parts before and behind `::`.
  private static func split(_ text: Substring) -> [Substring] {
    var index = text.startIndex
    while index < text.endIndex {
      let next = text.index(after: index)
      if text[index] == ":", next < text.endIndex, text[next] == ":" {
        return [text[..<index], text[text.index(after: next)...]]
      }
      index = next
    }
    return [text]
  }

  /// The groups of a half; an IPv4 address may stand for the last two.
  private static func groups(of half: Substring) -> [UInt16]? {
    if half.isEmpty { return [] }
    var groups: [UInt16] = []
    let words = half.split(separator: ":", omittingEmptySubsequences: false)
    for (index, word) in words.enumerated() {
      if index == words.count - 1, word.contains("."),
        let tail = try? FlowNumber.ipv4(word, of: "")
      {
        groups += [UInt16(truncatingIfNeeded: tail >> 16), UInt16(truncatingIfNeeded: tail)]
        continue
      }
      guard (1...4).contains(word.count), word.allSatisfy({ $0.isASCII && $0.isHexDigit }),
        let group = UInt16(word, radix: 16)
      else { return nil }
      groups.append(group)
    }
    return groups
  }

  private static func value(of groups: [UInt16]) -> UInt128 {
    groups.reduce(0) { $0 << 16 | UInt128($1) }
  }
}
