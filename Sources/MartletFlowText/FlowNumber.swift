internal import MartletWire

/// A value and the bits of it that count.
struct MaskedNumber: Equatable {
  var value: UInt128
  var mask: UInt128

  /// All bits of a width.
  static func ones(_ width: Int) -> UInt128 {
    width >= 128 ? .max : (1 << UInt128(width)) - 1
  }
}

/// Numbers and addresses as flows have them.
enum FlowNumber {
  /// A decimal number, or a hexadecimal one after `0x`; `nil` for anything else.
  static func parse(_ text: Substring) -> UInt128? {
    guard let first = text.first, first.isASCII, first.isHexDigit else { return nil }
    if text.hasPrefix("0x") || text.hasPrefix("0X") {
      let digits = text.dropFirst(2)
      guard let digit = digits.first, digit.isHexDigit else { return nil }
      return UInt128(digits, radix: 16)
    }
    return UInt128(text, radix: 10)
  }

  /// A number of at most `width` bits.
  static func parse(
    _ text: Substring, width: Int, of word: String
  ) throws(FlowTextError) -> UInt128 {
    guard let value = parse(text) else {
      throw FlowTextError(
        word, "\"\(text)\" is no number; expected decimal digits or 0x and hexadecimal")
    }
    guard value <= MaskedNumber.ones(width) else {
      throw FlowTextError(
        word, "\(text) is too large; it has \(width) bits, at most \(hex(.max, width: width))")
    }
    return value
  }

  /// A number of an integer type.
  static func parse<Integer: FixedWidthInteger>(
    _ text: Substring, as type: Integer.Type = Integer.self, of word: String
  ) throws(FlowTextError) -> Integer {
    Integer(truncatingIfNeeded: try parse(text, width: Integer.bitWidth, of: word))
  }

  /// An Ethernet address, `00:11:22:33:44:55`.
  static func mac(_ text: Substring, of word: String) throws(FlowTextError) -> UInt128 {
    guard let address = MACAddress(String(text)) else {
      throw FlowTextError(
        word,
        "\"\(text)\" is no Ethernet address; expected six pairs of digits like 00:11:22:33:44:55")
    }
    return UInt128(address.rawValue)
  }

  /// An IPv4 address, `10.0.0.1`.
  static func ipv4(_ text: Substring, of word: String) throws(FlowTextError) -> UInt128 {
    guard let address = IPv4Address(String(text)) else {
      throw FlowTextError(
        word, "\"\(text)\" is no IPv4 address; expected four numbers like 10.0.0.1")
    }
    return UInt128(address.rawValue)
  }

  /// The mask of a prefix of `length` bits in a field of `width`.
  static func prefixMask(_ length: Int, width: Int) -> UInt128 {
    MaskedNumber.ones(width) & ~MaskedNumber.ones(width - length)
  }

  /// `0x` and digits without leading zeros; the value is cut to the width.
  static func hex(_ value: UInt128, width: Int = 128) -> String {
    "0x" + String(value & MaskedNumber.ones(width), radix: 16)
  }

  /// Six pairs of digits.
  static func mac(_ value: UInt128) -> String {
    (0..<6).reversed().map { index in
      let byte = UInt8(truncatingIfNeeded: value >> UInt128(index * 8))
      let digits = String(byte, radix: 16)
      return digits.count < 2 ? "0" + digits : digits
    }.joined(separator: ":")
  }

  /// Four numbers.
  static func ipv4(_ value: UInt128) -> String {
    (0..<4).reversed().map { String(UInt8(truncatingIfNeeded: value >> UInt128($0 * 8))) }
      .joined(separator: ".")
  }

  /// The length of the prefix that a mask of `width` bits is; `nil` where it has holes.
  static func prefixLength(of mask: UInt128, width: Int) -> Int? {
    let length = mask.nonzeroBitCount
    return mask == prefixMask(length, width: width) ? length : nil
  }
}
