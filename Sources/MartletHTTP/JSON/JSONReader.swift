/// Reads one JSON text (RFC 8259) value by value, without building anything.
///
/// ```swift
/// var reader = JSONReader(body)
/// while let event = try reader.next() {
///   if case .key(let key) = event, reader.text(key, equals: "brightness"),
///     case .number(let number)? = try reader.next() { … }
/// }
/// ```
///
/// The whole text is checked: structure, numbers, escapes, UTF-8, and that nothing follows the
/// value. Keys that come twice are given twice. After an error the reader gives it again.
public struct JSONReader: ~Escapable {
  /// A string of the text, by its place; see ``JSONReader/text(_:equals:)``.
  public struct Text: Equatable, Sendable {
    let range: Range<Int>
    let hasEscapes: Bool
  }

  /// What comes next in the text.
  public enum Event: Equatable, Sendable {
    case objectStart, objectEnd, arrayStart, arrayEnd
    case key(Text)
    case string(Text)
    case number(JSONNumber)
    case boolean(Bool)
    case null
  }

  /// What may come next.
  enum Expectation: Equatable {
    case value, firstElement, firstKey, key, commaOrEnd, nothing
    case failed(JSONError)
  }

  let bytes: ByteText
  let maximumDepth: Int
  var offset = 0
  var depth = 0

  /// One bit a level, the lowest the innermost: set in an object.
  var objects: UInt64 = 0
  var expectation = Expectation.value

  /// Reads this text, nested `maximumDepth` levels deep at most (1 to 64).
  @_lifetime(copy text)
  public init(_ text: ByteText, maximumDepth: Int = 8) {
    bytes = text
    self.maximumDepth = min(max(maximumDepth, 1), 64)
  }

  /// How many objects and arrays are open.
  public var openLevels: Int { depth }

  /// The next event; `nil` at the end of a whole text.
  @_lifetime(self: copy self)
  public mutating func next() throws(JSONError) -> Event? {
    if case .failed(let error) = expectation { throw error }
    do throws(JSONError) {
      return try step()
    } catch {
      expectation = .failed(error)
      throw error
    }
  }

  /// Skips the value that comes next, with all that it holds: for keys nobody asked for.
  @_lifetime(self: copy self)
  public mutating func skipValue() throws(JSONError) {
    let level = depth
    repeat {
      guard try next() != nil else { return }
    } while depth > level
  }

  @_lifetime(self: copy self)
  private mutating func step() throws(JSONError) -> Event? {
    skipBlanks()
    if expectation == .commaOrEnd, try takeComma() { skipBlanks() }
    guard offset < bytes.count else {
      guard expectation == .nothing else { throw .truncated(offset) }
      return nil
    }
    switch (expectation, bytes[offset]) {
    case (.nothing, _): throw .unexpected(offset)
    case (.commaOrEnd, _): return close()
    case (.firstElement, 0x5D), (.firstKey, 0x7D): return close()
    case (.firstKey, .quote), (.key, .quote): return try takeKey()
    case (.firstKey, _), (.key, _): throw .unexpected(offset)
    default: return try takeValue()
    }
  }

  /// Whether a comma came; if not, the level's own bracket is next.
  @_lifetime(self: copy self)
  private mutating func takeComma() throws(JSONError) -> Bool {
    guard offset < bytes.count else { throw .truncated(offset) }
    let isObject = objects & 1 == 1
    if bytes[offset] == .comma {
      offset += 1
      expectation = isObject ? .key : .value
      return true
    }
    guard bytes[offset] == (isObject ? 0x7D : 0x5D) else { throw .unexpected(offset) }
    return false
  }

  @_lifetime(self: copy self)
  private mutating func takeValue() throws(JSONError) -> Event {
    switch bytes[offset] {
    case 0x7B: return try open(isObject: true)
    case 0x5B: return try open(isObject: false)
    case .quote:
      let text = try takeString()
      valueEnded()
      return .string(text)
    case 0x74: return try takeWord("true", .boolean(true))
    case 0x66: return try takeWord("false", .boolean(false))
    case 0x6E: return try takeWord("null", .null)
    case .minus, 0x30...0x39:
      let number = try takeNumber()
      valueEnded()
      return .number(number)
    default: throw .unexpected(offset)
    }
  }

  @_lifetime(self: copy self)
  private mutating func takeKey() throws(JSONError) -> Event {
    let text = try takeString()
    skipBlanks()
    guard offset < bytes.count else { throw .truncated(offset) }
    guard bytes[offset] == .colon else { throw .unexpected(offset) }
    offset += 1
    expectation = .value
    return .key(text)
  }

  @_lifetime(self: copy self)
  private mutating func takeWord(_ word: Literal, _ event: Event) throws(JSONError) -> Event {
    for index in 0..<word.count {
      guard offset + index < bytes.count else { throw .truncated(bytes.count) }
      guard bytes[offset + index] == word[index] else { throw .unexpected(offset + index) }
    }
    offset += word.count
    valueEnded()
    return event
  }

  @_lifetime(self: copy self)
  private mutating func open(isObject: Bool) throws(JSONError) -> Event {
    guard depth < maximumDepth else { throw .tooDeep(offset) }
    depth += 1
    objects = objects << 1 | (isObject ? 1 : 0)
    offset += 1
    expectation = isObject ? .firstKey : .firstElement
    return isObject ? .objectStart : .arrayStart
  }

  @_lifetime(self: copy self)
  private mutating func close() -> Event {
    let isObject = objects & 1 == 1
    depth -= 1
    objects >>= 1
    offset += 1
    valueEnded()
    return isObject ? .objectEnd : .arrayEnd
  }

  @_lifetime(self: copy self)
  private mutating func valueEnded() {
    expectation = depth == 0 ? .nothing : .commaOrEnd
  }

  @_lifetime(self: copy self)
  private mutating func skipBlanks() {
    while offset < bytes.count {
      switch bytes[offset] {
      case .space, .tab, .lineFeed, .carriageReturn: offset += 1
      default: return
      }
    }
  }
}
