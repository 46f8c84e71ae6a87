/// Writes JSON into an ``OutputBuffer``, commas and quotes included.
///
/// ```swift
/// var json = JSONWriter()
/// json.beginObject(in: &buffer)
/// json.key("up", in: &buffer)
/// json.number(3_600, in: &buffer)
/// json.endObject(in: &buffer)  // {"up":3600}
/// ```
///
/// What the caller opens it must close; the writer remembers only whether a comma is due.
public struct JSONWriter: Sendable {
  private var needsComma = false

  /// Begins a new text.
  public init() {}

  /// Opens an object.
  public mutating func beginObject(in buffer: inout OutputBuffer) {
    separate(&buffer)
    buffer.append(0x7B)
    needsComma = false
  }

  /// Closes the object that was opened last.
  public mutating func endObject(in buffer: inout OutputBuffer) {
    buffer.append(0x7D)
    needsComma = true
  }

  /// Opens an array.
  public mutating func beginArray(in buffer: inout OutputBuffer) {
    separate(&buffer)
    buffer.append(0x5B)
    needsComma = false
  }

  /// Closes the array that was opened last.
  public mutating func endArray(in buffer: inout OutputBuffer) {
    buffer.append(0x5D)
    needsComma = true
  }

  /// Writes a key; its value is next.
  public mutating func key(_ key: Literal, in buffer: inout OutputBuffer) {
    string(key, in: &buffer)
    buffer.append(.colon)
    needsComma = false
  }

  /// Writes a string of the program.
  public mutating func string(_ text: Literal, in buffer: inout OutputBuffer) {
    separate(&buffer)
    buffer.append(.quote)
    for index in 0..<text.count { append(text[index], &buffer) }
    buffer.append(.quote)
  }

  /// Writes a string, which must be UTF-8.
  public mutating func string(_ text: ByteText, in buffer: inout OutputBuffer) {
    separate(&buffer)
    buffer.append(.quote)
    for index in 0..<text.count { append(text[index], &buffer) }
    buffer.append(.quote)
  }

  /// Writes a whole number.
  public mutating func number(_ number: Int64, in buffer: inout OutputBuffer) {
    separate(&buffer)
    buffer.append(decimal: number)
  }

  /// Writes true or false.
  public mutating func boolean(_ value: Bool, in buffer: inout OutputBuffer) {
    separate(&buffer)
    buffer.append(value ? "true" : "false")
  }

  /// Writes null.
  public mutating func null(in buffer: inout OutputBuffer) {
    separate(&buffer)
    buffer.append("null")
  }

  private mutating func separate(_ buffer: inout OutputBuffer) {
    if needsComma { buffer.append(.comma) }
    needsComma = true
  }

  private func append(_ byte: UInt8, _ buffer: inout OutputBuffer) {
    switch byte {
    case .quote, .backslash:
      buffer.append(.backslash)
      buffer.append(byte)
    case 0..<0x20:
      buffer.append("\\u00")
      let digits: Literal = "0123456789abcdef"
      buffer.append(digits[Int(byte >> 4)])
      buffer.append(digits[Int(byte & 15)])
    default: buffer.append(byte)
    }
  }
}
