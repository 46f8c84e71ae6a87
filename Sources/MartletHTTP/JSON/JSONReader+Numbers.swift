extension JSONReader {
  /// Takes a number: no leading zero, a digit on each side of the point (RFC 8259 section 6).
  @_lifetime(self: copy self)
  mutating func takeNumber() throws(JSONError) -> JSONNumber {
    let start = offset
    let isNegative = bytes[offset] == .minus
    if isNegative { offset += 1 }
    var value: Int64 = 0
    var digits = 0
    let whole = try takeDigits(into: &value, &digits, start)
    let first = offset - whole
    guard whole == 1 || bytes[first] != 0x30 else { throw .badNumber(start) }
    var exponent = 0
    if offset < bytes.count, bytes[offset] == .dot {
      offset += 1
      exponent = -(try takeDigits(into: &value, &digits, start))
    }
    if offset < bytes.count, bytes[offset].lowercased == 0x65 {
      exponent += try takeExponent(start)
    }
    return JSONNumber(digits: isNegative ? -value : value, exponent: exponent)
  }

  /// Takes one or more digits; returns how many.
  @_lifetime(self: copy self)
  private mutating func takeDigits(
    into value: inout Int64, _ digits: inout Int, _ start: Int
  ) throws(JSONError) -> Int {
    let begin = offset
    while offset < bytes.count, let digit = bytes[offset].decimalDigit {
      digits += 1
      guard digits <= 18 else { throw .badNumber(start) }
      value = value * 10 + Int64(digit)
      offset += 1
    }
    guard offset > begin else {
      throw offset < bytes.count ? .badNumber(start) : .truncated(offset)
    }
    return offset - begin
  }

  @_lifetime(self: copy self)
  private mutating func takeExponent(_ start: Int) throws(JSONError) -> Int {
    offset += 1
    var isNegative = false
    if offset < bytes.count, bytes[offset] == .plus || bytes[offset] == .minus {
      isNegative = bytes[offset] == .minus
      offset += 1
    }
    var value: Int64 = 0
    var digits = 16  // Two more are taken.
    _ = try takeDigits(into: &value, &digits, start)
    let exponent = Int(truncatingIfNeeded: value)
    return isNegative ? -exponent : exponent
  }
}
