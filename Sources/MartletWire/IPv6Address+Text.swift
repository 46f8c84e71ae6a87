extension IPv6Address: CustomStringConvertible, LosslessStringConvertible {
  /// Reads the text forms of RFC 4291, section 2.2: eight groups of one to four hexadecimal digits,
  /// `::` at most once for one or more groups of zeros, the last two groups also as a dotted IPv4
  /// address. `nil` for anything else, a zone (`%eth0`) included.
  public init?<Bytes: Sequence>(ascii: Bytes) where Bytes.Element == UInt8 {
    var groups = Groups()
    for byte in ascii {
      guard groups.take(byte) else { return nil }
    }
    guard let address = groups.finish() else { return nil }
    self = address
  }

  /// Reads the text forms, as `init(ascii:)` does.
  public init?(_ description: String) {
    self.init(ascii: description.utf8)
  }

  /// The canonical form (RFC 5952): lower case, no leading zeros, `::` for the first of the longest
  /// runs of two or more zero groups, IPv4-mapped addresses with a dotted end.
  public var description: String {
    if high == 0, low >> 32 == 0xFFFF {
      return "::ffff:\(IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)))"
    }
    let gap = longestRunOfZeros
    var text = ""
    var index = 0
    while index < 8 {
      if index == gap.lowerBound, !gap.isEmpty {
        text += "::"
        index = gap.upperBound
        continue
      }
      if index > 0, index != gap.upperBound || gap.isEmpty { text += ":" }
      text += String(group(index), radix: 16)
      index += 1
    }
    return text
  }

  /// One of the eight groups of 16 bits, the first at 0.
  private func group(_ index: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - 16 * (index & 3)))
  }

  private var longestRunOfZeros: Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0...8 where index == 8 || group(index) != 0 {
      if index - start > max(longest.count, 1) { longest = start..<index }
      start = index + 1
    }
    return longest
  }

  /// What was read so far of an address' text.
  private struct Groups {
    private var high: UInt64 = 0
    private var low: UInt64 = 0
    private var count = 0
    /// The groups before `::`.
    private var gap: Int?
    private var value: UInt32 = 0
    private var digits = 0
    /// Whether the last byte was a colon that begins or separates.
    private var colons = 0
    /// The numbers of a dotted end already whole, and its bits.
    private var dots = 0
    private var dotted: UInt32 = 0
    /// The digits of the group read as decimal, `nil` when one of them is no decimal digit.
    private var decimal: UInt32? = 0

    mutating func take(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: ":"): return takeColon()
      case UInt8(ascii: "."): return takeDot()
      default: return takeDigit(byte)
      }
    }

    private mutating func takeDigit(_ byte: UInt8) -> Bool {
      // A single colon at the very start begins nothing.
      if digits == 0, colons == 1, count == 0 { return false }
      let digit: UInt32
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt32(byte &- UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt32(byte &- UInt8(ascii: "a") &+ 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = UInt32(byte &- UInt8(ascii: "A") &+ 10)
      default: return false
      }
      guard digits < 4, dots == 0 || digit < 10 else { return false }
      // No leading zeros in the dotted part, as `IPv4Address` reads it.
      if let number = decimal, digit < 10, digits == 0 || number > 0 {
        decimal = number * 10 + digit
      } else {
        decimal = nil
      }
      value = value << 4 | digit
      digits += 1
      colons = 0
      return true
    }

    private mutating func takeColon() -> Bool {
      guard dots == 0 else { return false }
      if digits > 0 {
        guard push() else { return false }
        colons = 1
        return true
      }
      colons += 1
      if colons == 1 { return count == 0 && gap == nil }
      guard colons == 2, gap == nil else { return false }
      gap = count
      return true
    }

    private mutating func takeDot() -> Bool {
      guard digits > 0, dots < 3, let number = decimal, number <= 255 else { return false }
      dotted = dotted << 8 | number
      dots += 1
      startGroup()
      return true
    }

    private mutating func startGroup() {
      value = 0
      digits = 0
      decimal = 0
    }

    private mutating func push() -> Bool {
      guard count < 8 else { return false }
      high = high << 16 | low >> 48
      low = low << 16 | UInt64(value)
      count += 1
      startGroup()
      return true
    }

    mutating func finish() -> IPv6Address? {
      if dots > 0 {
        guard dots == 3, digits > 0, let number = decimal, number <= 255 else { return nil }
        dotted = dotted << 8 | number
        value = dotted >> 16
        guard push() else { return nil }
        value = dotted & 0xFFFF
        guard push() else { return nil }
      } else if digits > 0 {
        guard push() else { return nil }
      } else if colons == 1 {
        return nil
      }
      guard let gap else {
        return count == 8 ? IPv6Address(high: high, low: low) : nil
      }
      guard count < 8 else { return nil }
      // The groups behind the gap stay at the end; those before it move to the front.
      let tail = (count - gap) * 16
      let mask = Self.shifted(.max, .max, left: tail)
      let front = Self.shifted(high, low, right: tail)
      let placed = Self.shifted(front.0, front.1, left: 128 - gap * 16)
      return IPv6Address(high: placed.0 | high & ~mask.0, low: placed.1 | low & ~mask.1)
    }

    private static func shifted(
      _ high: UInt64, _ low: UInt64, left count: Int
    ) -> (UInt64, UInt64) {
      count == 0
        ? (high, low)
        : count < 64
          ? (high << count | low >> (64 - count), low << count) : (low << (count - 64), 0)
    }

    private static func shifted(
      _ high: UInt64, _ low: UInt64, right count: Int
    ) -> (UInt64, UInt64) {
      count == 0
        ? (high, low)
        : count < 64
          ? (high >> count, low >> count | high << (64 - count)) : (0, high >> (count - 64))
    }
  }
}
