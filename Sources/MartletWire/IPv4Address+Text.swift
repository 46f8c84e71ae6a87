extension IPv4Address: CustomStringConvertible, LosslessStringConvertible {
  /// Reads the dotted form: four decimal numbers of 0 to 255 without leading zeros, and nothing
  /// else. `nil` for anything else: forms with fewer numbers, octal and hexadecimal ones mean
  /// different hosts to different programs.
  public init?<Bytes: Sequence>(ascii: Bytes) where Bytes.Element == UInt8 {
    var value: UInt32 = 0
    var number: UInt32 = 0
    var digitCount = 0
    var dotCount = 0
    for byte in ascii {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if digitCount > 0, number == 0 { return nil }
        number = number * 10 + UInt32(byte - UInt8(ascii: "0"))
        digitCount += 1
        if number > 255 { return nil }
      case UInt8(ascii: "."):
        if digitCount == 0 || dotCount == 3 { return nil }
        value = value << 8 | number
        number = 0
        digitCount = 0
        dotCount += 1
      default:
        return nil
      }
    }
    guard dotCount == 3, digitCount > 0 else { return nil }
    self.init(rawValue: value << 8 | number)
  }

  /// Reads the dotted form, as `init(ascii:)` does.
  public init?(_ description: String) {
    self.init(ascii: description.utf8)
  }

  /// The dotted form.
  public var description: String {
    "\(rawValue >> 24).\(rawValue >> 16 & 255).\(rawValue >> 8 & 255).\(rawValue & 255)"
  }
}
