/// Reads one JSON text (RFC 8259) into a value.
struct JSONParser {
  private let bytes: ArraySlice<UInt8>
  private let depthLimit: Int
  private var offset: Int
  private var depth = 0

  init(_ bytes: ArraySlice<UInt8>, depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
    offset = bytes.startIndex
  }

  /// Reads the whole text; nothing but blanks may follow the value.
  static func parse(
    _ bytes: ArraySlice<UInt8>, depthLimit: Int = JSONFramer.depthLimit
  ) throws(JSONSyntaxError) -> JSONValue {
    var parser = JSONParser(bytes, depthLimit: depthLimit)
    parser.skipBlanks()
    let value = try parser.takeValue()
    parser.skipBlanks()
    guard parser.offset == bytes.endIndex else { throw parser.unexpected }
    return value
  }

  /// Where it is, counted from the text's start.
  private var position: Int { offset - bytes.startIndex }
  private var unexpected: JSONSyntaxError {
    offset < bytes.endIndex ? .unexpected(position) : .truncated(position)
  }

  private var next: UInt8? { offset < bytes.endIndex ? bytes[offset] : nil }

  private mutating func skipBlanks() {
    while offset < bytes.endIndex {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  private mutating func takeValue() throws(JSONSyntaxError) -> JSONValue {
    guard let next else { throw unexpected }
    switch next {
    case UInt8(ascii: "{"): return try takeObject()
    case UInt8(ascii: "["): return try takeArray()
    case UInt8(ascii: "\""): return .string(try takeString())
    case UInt8(ascii: "-"), 0x30...0x39: return try takeNumber()
    case UInt8(ascii: "t"): return try takeWord("true", .boolean(true))
    case UInt8(ascii: "f"): return try takeWord("false", .boolean(false))
    case UInt8(ascii: "n"): return try takeWord("null", .null)
    default: throw unexpected
    }
  }

  private mutating func takeWord(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONSyntaxError) -> JSONValue {
    for byte in "\(word)".utf8 {
      guard next == byte else { throw unexpected }
      offset += 1
    }
    return value
  }

  private mutating func enter() throws(JSONSyntaxError) {
    depth += 1
    guard depth <= depthLimit else { throw .tooDeep(limit: depthLimit) }
    offset += 1
    skipBlanks()
  }

  private mutating func takeArray() throws(JSONSyntaxError) -> JSONValue {
    try enter()
    var elements: [JSONValue] = []
    if next != UInt8(ascii: "]") {
      while true {
        elements.append(try takeValue())
        guard try takeComma(orEnd: UInt8(ascii: "]")) else { break }
      }
    }
    offset += 1
    depth -= 1
    return .array(elements)
  }

  private mutating func takeObject() throws(JSONSyntaxError) -> JSONValue {
    try enter()
    var members = JSONObject()
    if next != UInt8(ascii: "}") {
      while true {
        guard next == UInt8(ascii: "\"") else { throw unexpected }
        let key = try takeString()
        skipBlanks()
        guard next == UInt8(ascii: ":") else { throw unexpected }
        offset += 1
        skipBlanks()
        members.append(key, try takeValue())
        guard try takeComma(orEnd: UInt8(ascii: "}")) else { break }
      }
    }
    offset += 1
    depth -= 1
    return .object(members)
  }

  /// Whether a comma came, and was taken; the closing bracket is left.
  private mutating func takeComma(orEnd end: UInt8) throws(JSONSyntaxError) -> Bool {
    skipBlanks()
    if next == end { return false }
    guard next == UInt8(ascii: ",") else { throw unexpected }
    offset += 1
    skipBlanks()
    return true
  }

  // MARK: Strings

  private mutating func takeString() throws(JSONSyntaxError) -> String {
    offset += 1
    let start = offset
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      guard byte >= 0x20 else { throw .badString(position) }
      offset += 1
    }
    guard next == UInt8(ascii: "\"") else { return try takeEscapedString(from: start) }
    let text = try text(bytes[start..<offset], at: start)
    offset += 1
    return text
  }

  /// The rest of a string that has an escape, from its start.
  private mutating func takeEscapedString(from start: Int) throws(JSONSyntaxError) -> String {
    var decoded = Array(bytes[start..<offset])
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw .badString(position) }
      if byte == UInt8(ascii: "\\") {
        decoded.append(contentsOf: Character(try takeEscape()).utf8)
      } else {
        decoded.append(byte)
        offset += 1
      }
    }
    guard next != nil else { throw .truncated(position) }
    let text = try text(decoded[...], at: start)
    offset += 1
    return text
  }

  private func text(
    _ bytes: ArraySlice<UInt8>, at start: Int
  ) throws(JSONSyntaxError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .badUTF8(start - self.bytes.startIndex)
    }
    return text
  }

  private mutating func takeEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
    let start = position
    offset += 1
    guard let byte = next else { throw .truncated(position) }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw .badString(start)
    }
    var code = try takeCodeUnit()
    if 0xD800..<0xDC00 ~= code {
      guard next == UInt8(ascii: "\\"), offset + 1 < bytes.endIndex,
        bytes[offset + 1] == UInt8(ascii: "u")
      else { throw .badString(start) }
      offset += 2
      let low = try takeCodeUnit()
      guard 0xDC00..<0xE000 ~= low else { throw .badString(start) }
      code = 0x1_0000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    // Zero, too: Open vSwitch's strings end at one, and nobody must take a name for another.
    guard code != 0, let scalar = Unicode.Scalar(code) else { throw .badString(start) }
    return scalar
  }

  private mutating func takeCodeUnit() throws(JSONSyntaxError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next else { throw .truncated(position) }
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw .badString(position)
      }
      unit = unit << 4 | UInt32(truncatingIfNeeded: digit)
      offset += 1
    }
    return unit
  }

  // MARK: Numbers

  private mutating func takeNumber() throws(JSONSyntaxError) -> JSONValue {
    let start = offset
    if next == UInt8(ascii: "-") { offset += 1 }
    let digits = offset
    try takeDigits(start)
    guard offset - digits == 1 || bytes[digits] != UInt8(ascii: "0") else {
      throw .badNumber(start - bytes.startIndex)
    }
    var isWhole = true
    if next == UInt8(ascii: ".") {
      isWhole = false
      offset += 1
      try takeDigits(start)
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isWhole = false
      offset += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
      try takeDigits(start)
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isWhole, let number = Int64(text) { return .integer(number) }
    guard let number = Double(text), number.isFinite else {
      throw .badNumber(start - bytes.startIndex)
    }
    // -2⁶³ to 2⁶³ - 1: the upper border itself is not an Int64.
    if let whole = Int64(exactly: number) { return .integer(whole) }
    return .real(number)
  }

  private mutating func takeDigits(_ start: Int) throws(JSONSyntaxError) {
    let begin = offset
    while let byte = next, 0x30...0x39 ~= byte { offset += 1 }
    guard offset > begin else {
      throw next == nil ? .truncated(position) : .badNumber(start - bytes.startIndex)
    }
  }
}
