extension UInt8 {
  static var tab: Self { 0x09 }
  static var lineFeed: Self { 0x0A }
  static var carriageReturn: Self { 0x0D }
  static var space: Self { 0x20 }
  static var quote: Self { 0x22 }
  static var plus: Self { 0x2B }
  static var comma: Self { 0x2C }
  static var minus: Self { 0x2D }
  static var dot: Self { 0x2E }
  static var slash: Self { 0x2F }
  static var colon: Self { 0x3A }
  static var semicolon: Self { 0x3B }
  static var backslash: Self { 0x5C }

  var isBlank: Bool { self == .space || self == .tab }

  var isUppercase: Bool { self >= 0x41 && self <= 0x5A }

  var lowercased: UInt8 { isUppercase ? self | 0x20 : self }

  var decimalDigit: UInt8? { self >= 0x30 && self <= 0x39 ? self - 0x30 : nil }

  var hexDigit: UInt8? {
    if let decimalDigit { return decimalDigit }
    let letter = lowercased
    return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : nil
  }

  /// Whether the byte may stand in a token (RFC 9110 section 5.6.2).
  var isTokenCharacter: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
  }

  /// Whether the byte may stand in a field's value (RFC 9110 section 5.5).
  var isFieldCharacter: Bool { self == .tab || (self >= 0x20 && self != 0x7F) }
}
