import MartletWire

/// A bounded buffer that responses and JSON are written into: allocated once, used again and again.
///
/// What does not fit is left out, and ``hasOverflowed`` stays set until ``clear()``: check it once,
/// at the end, before sending.
public struct OutputBuffer: ~Copyable {
  var storage: [UInt8] = []

  /// How many bytes fit.
  public let capacity: Int

  /// Whether something did not fit since the last ``clear()``.
  public private(set) var hasOverflowed = false

  /// Makes an empty buffer for `capacity` bytes, the only allocation it makes.
  public init(capacity: Int) {
    self.capacity = capacity
    storage.reserveCapacity(capacity)
  }

  /// How many bytes were appended.
  public var count: Int { storage.count }

  /// Empties the buffer.
  public mutating func clear() {
    storage.removeAll(keepingCapacity: true)
    hasOverflowed = false
  }

  /// Drops what was appended since there were `count` bytes.
  mutating func shrink(to count: Int) {
    storage.removeLast(storage.count - count)
  }

  /// Takes note that something did not fit.
  mutating func overflow() { hasOverflowed = true }

  /// Appends one byte.
  public mutating func append(_ byte: UInt8) {
    guard storage.count < capacity else {
      hasOverflowed = true
      return
    }
    storage.append(byte)
  }

  /// Appends text of the program.
  public mutating func append(_ text: Literal) {
    for index in 0..<text.count { append(text[index]) }
  }

  /// Appends a part of a text of the program; traps outside it.
  public mutating func append(_ text: Literal, _ range: Range<Int>) {
    for index in range { append(text[index]) }
  }

  /// Appends bytes as they are.
  public mutating func append(_ text: ByteText) {
    for index in 0..<text.count { append(text[index]) }
  }

  /// Appends a number in decimal.
  public mutating func append(decimal number: Int64) {
    if number < 0 { append(.minus) }
    append(decimal: number.magnitude)
  }

  /// Appends a number in decimal.
  public mutating func append(decimal number: UInt64) {
    var divisor: UInt64 = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      append(0x30 + UInt8(truncatingIfNeeded: number / divisor % 10))
      divisor /= 10
    }
  }

  /// Appends text with the five characters that HTML gives a meaning written as references.
  public mutating func append(html text: ByteText) {
    for index in 0..<text.count {
      switch text[index] {
      case 0x22: append("&quot;")
      case 0x26: append("&amp;")
      case 0x27: append("&#39;")
      case 0x3C: append("&lt;")
      case 0x3E: append("&gt;")
      case let byte: append(byte)
      }
    }
  }
}
