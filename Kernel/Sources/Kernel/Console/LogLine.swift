import MartletDevice
import MartletWire

/// A line of text built without the heap: `"card \(index) at \(hex: address)"`.
///
/// The standard library's `String` costs 16 KiB of image and allocates; a log line must work in an
/// interrupt handler and when the heap is what is broken. What does not fit is cut.
struct LogLine: ExpressibleByStringInterpolation {
  private var bytes = InlineArray<240, UInt8>(repeating: 0)
  private(set) var count = 0

  init(stringLiteral value: StaticString) { append(value) }
  init(stringInterpolation: Interpolation) { self = stringInterpolation.line }
  fileprivate init() {}

  subscript(index: Int) -> UInt8 { bytes[index] }

  mutating func append(byte: UInt8) {
    guard count < bytes.count else { return }
    bytes[count] = byte
    count += 1
  }

  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { buffer in
      for index in 0..<buffer.count { unsafe append(byte: buffer[index]) }
    }
  }

  mutating func append(digitsOf value: UInt64, radix: UInt64, width: Int = 1) {
    var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
    var rest = value
    var used = 0
    while rest > 0 {
      let digit = UInt8(truncatingIfNeeded: rest % radix)
      digits[used] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      rest /= radix
      used += 1
    }
    for index in stride(from: max(used, width) - 1, through: 0, by: -1) {
      append(byte: digits[index])
    }
  }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var line = LogLine()

    init(literalCapacity: Int, interpolationCount: Int) {}
    mutating func appendLiteral(_ literal: StaticString) { line.append(literal) }
    mutating func appendInterpolation(_ text: StaticString) { line.append(text) }

    mutating func appendInterpolation(_ value: some BinaryInteger) {
      if value < 0 { line.append(byte: UInt8(ascii: "-")) }
      line.append(digitsOf: UInt64(truncatingIfNeeded: value.magnitude), radix: 10)
    }

    /// In hexadecimal, `width` digits at least and at most 16.
    mutating func appendInterpolation(hex value: some BinaryInteger, width: Int = 1) {
      line.append(digitsOf: UInt64(truncatingIfNeeded: value), radix: 16, width: width)
    }

    mutating func appendInterpolation(byte: UInt8) { line.append(byte: byte) }
    mutating func appendInterpolation(_ other: LogLine) {
      for index in 0..<other.count { line.append(byte: other[index]) }
    }
    /// Three digits.
    mutating func appendInterpolation(padded value: UInt64) {
      line.append(digitsOf: value, radix: 10, width: 3)
    }

    mutating func appendInterpolation(_ address: IPv4Address) {
      for shift in stride(from: 24, through: 0, by: -8) {
        appendInterpolation(UInt8(truncatingIfNeeded: address.rawValue >> UInt32(shift)))
        if shift > 0 { line.append(byte: UInt8(ascii: ".")) }
      }
    }

    mutating func appendInterpolation(_ address: MACAddress) {
      for shift in stride(from: 40, through: 0, by: -8) {
        let byte = UInt8(truncatingIfNeeded: address.rawValue >> UInt64(shift))
        line.append(digitsOf: UInt64(byte), radix: 16, width: 2)
        if shift > 0 { line.append(byte: UInt8(ascii: ":")) }
      }
    }
  }
}
