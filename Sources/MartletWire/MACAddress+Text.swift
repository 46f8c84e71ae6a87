extension MACAddress: CustomStringConvertible, LosslessStringConvertible {
  /// Reads six pairs of hexadecimal digits with colons between them; `nil` for anything else.
  public init?<Bytes: Sequence>(ascii: Bytes) where Bytes.Element == UInt8 {
    var value: UInt64 = 0
    var place = 0
    for byte in ascii {
      if place % 3 == 2 {
        guard byte == UInt8(ascii: ":") else { return nil }
      } else {
        guard let digit = Self.digit(byte) else { return nil }
        value = value << 4 | digit
      }
      place += 1
      if place > 17 { return nil }
    }
    guard place == 17 else { return nil }
    self.init(rawValue: value)
  }

  /// Reads six pairs of hexadecimal digits, as `init(ascii:)` does.
  public init?(_ description: String) {
    self.init(ascii: description.utf8)
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  /// Six pairs of lower-case hexadecimal digits with colons between them.
  public var description: String {
    var text = ""
    for place in 0..<6 {
      let byte = rawValue >> UInt64(40 - 8 * place) & 255
      if place > 0 { text += ":" }
      if byte < 16 { text += "0" }
      text += String(byte, radix: 16)
    }
    return text
  }
}
