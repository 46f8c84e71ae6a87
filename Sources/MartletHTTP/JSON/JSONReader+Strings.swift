extension JSONReader {
  /// Takes a string and checks every byte of it.
  @_lifetime(self: copy self)
  mutating func takeString() throws(JSONError) -> Text {
    offset += 1
    let start = offset
    var hasEscapes = false
    while true {
      guard offset < bytes.count else { throw .truncated(offset) }
      switch bytes[offset] {
      case .quote:
        offset += 1
        return Text(range: start..<offset - 1, hasEscapes: hasEscapes)
      case .backslash:
        hasEscapes = true
        offset += try escape(at: offset).length
      case 0x00..<0x20: throw .badString(offset)
      case 0x20..<0x80: offset += 1
      default: offset += try sequenceLength(at: offset)
      }
    }
  }

  /// Whether a string of this text is `other`, its escapes taken as what they stand for.
  public func text(_ text: Text, equals other: Literal) -> Bool {
    guard text.hasEscapes else { return bytes.part(text.range).equals(other) }
    var position = 0
    var isEqual = true
    decode(text) { byte in
      isEqual = isEqual && position < other.count && other[position] == byte
      position += 1
    }
    return isEqual && position == other.count
  }

  /// Appends a string of this text to a buffer, in UTF-8, its escapes taken as what they stand for.
  public func append(_ text: Text, to buffer: inout OutputBuffer) {
    decode(text) { buffer.append($0) }
  }

  /// Hands over the bytes of a string that was checked before.
  private func decode(_ text: Text, _ body: (UInt8) -> Void) {
    var index = text.range.lowerBound
    while index < text.range.upperBound {
      guard bytes[index] == .backslash, let (scalar, length) = try? escape(at: index) else {
        body(bytes[index])
        index += 1
        continue
      }
      encode(scalar, body)
      index += length
    }
  }

  private func encode(_ scalar: UInt32, _ body: (UInt8) -> Void) {
    func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: scalar >> shift & 0x3F) }
    func lead(_ mark: UInt8, _ shift: UInt32) -> UInt8 {
      mark | UInt8(truncatingIfNeeded: scalar >> shift)
    }
    switch scalar {
    case 0..<0x80:
      body(UInt8(truncatingIfNeeded: scalar))
    case 0x80..<0x800:
      body(lead(0xC0, 6))
      body(tail(0))
    case 0x800..<0x1_0000:
      body(lead(0xE0, 12))
      body(tail(6))
      body(tail(0))
    default:
      body(lead(0xF0, 18))
      body(tail(12))
      body(tail(6))
      body(tail(0))
    }
  }

  /// What the escape at `index` stands for, and how many bytes it takes (RFC 8259 section 7).
  private func escape(at index: Int) throws(JSONError) -> (scalar: UInt32, length: Int) {
    guard index + 1 < bytes.count else { throw .truncated(bytes.count) }
    switch bytes[index + 1] {
    case .quote, .backslash, .slash: return (UInt32(bytes[index + 1]), 2)
    case 0x62: return (0x08, 2)
    case 0x66: return (0x0C, 2)
    case 0x6E: return (0x0A, 2)
    case 0x72: return (0x0D, 2)
    case 0x74: return (0x09, 2)
    case 0x75: break
    default: throw .badString(index)
    }
    let high = try codeUnit(at: index + 2)
    guard high >= 0xD800, high < 0xE000 else { return (high, 6) }
    guard high < 0xDC00 else { throw .badString(index) }
    guard index + 7 < bytes.count else { throw .truncated(bytes.count) }
    guard bytes[index + 6] == .backslash, bytes[index + 7] == 0x75 else { throw .badString(index) }
    let low = try codeUnit(at: index + 8)
    guard low >= 0xDC00, low < 0xE000 else { throw .badString(index) }
    return (0x1_0000 + (high - 0xD800) << 10 + (low - 0xDC00), 12)
  }

  private func codeUnit(at index: Int) throws(JSONError) -> UInt32 {
    guard index + 4 <= bytes.count else { throw .truncated(bytes.count) }
    var unit: UInt32 = 0
    for position in index..<index + 4 {
      guard let digit = bytes[position].hexDigit else { throw .badString(position) }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  /// How long the UTF-8 sequence at `index` is: no overlong form, no surrogate, nothing above
  /// U+10FFFF (RFC 3629 section 4).
  private func sequenceLength(at index: Int) throws(JSONError) -> Int {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch bytes[index] {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: throw .badUTF8(index)
    }
    guard index + length <= bytes.count else { throw .truncated(bytes.count) }
    guard second.contains(bytes[index + 1]) else { throw .badUTF8(index) }
    for position in index + 2..<index + length where bytes[position] & 0xC0 != 0x80 {
      throw .badUTF8(index)
    }
    return length
  }
}
