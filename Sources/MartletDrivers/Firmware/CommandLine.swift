import MartletWire

/// The kernel's command line: words between spaces, each a name or `name=value`.
public struct CommandLine: Sendable {
  /// The bytes it keeps; what is longer is cut, and `isCut` says so.
  public static var capacity: Int { 512 }
  private var storage = InlineArray<512, UInt8>(repeating: 0)
  private var count = 0
  /// Whether the loader gave more than fits.
  public private(set) var isCut = false

  /// An empty line.
  public init() {}

  /// Copies the loader's bytes.
  public init(_ bytes: RawSpan) {
    isCut = bytes.byteCount > Self.capacity
    count = min(bytes.byteCount, Self.capacity)
    for index in 0..<count { storage[index] = bytes.load(at: index) }
  }

  /// The byte at `position`, or `nil` behind the end.
  public subscript(position: Int) -> UInt8? {
    position >= 0 && position < count ? storage[position] : nil
  }

  /// Whether the word `name` stands alone on the line.
  public func has(_ name: StaticString) -> Bool {
    var found = false
    forEachWord { word in
      if word.count == name.utf8CodeUnitCount && matches(name, from: word.lowerBound) {
        found = true
      }
    }
    return found
  }

  /// Where the value of `name=value` lies; the last of several wins.
  public func value(of name: StaticString) -> Range<Int>? {
    var found: Range<Int>?
    forEachValue(of: name) { found = $0 }
    return found
  }

  /// Calls `body` with where each value of `name=value` lies, in the order of the line.
  public func forEachValue(of name: StaticString, _ body: (Range<Int>) -> Void) {
    let length = name.utf8CodeUnitCount
    forEachWord { word in
      if word.count > length, matches(name, from: word.lowerBound),
        storage[word.lowerBound + length] == UInt8(ascii: "=")
      {
        body(word.lowerBound + length + 1..<word.upperBound)
      }
    }
  }

  /// The bytes from `range` on the line, which must lie inside.
  public func bytes(_ range: Range<Int>) -> [UInt8] { range.map { storage[$0] } }

  /// Whether the bytes at `range` are `expected`.
  public func isEqual(_ range: Range<Int>, _ expected: StaticString) -> Bool {
    range.count == expected.utf8CodeUnitCount && matches(expected, from: range.lowerBound)
  }

  /// Whether the value of `name` is `expected`.
  public func value(of name: StaticString, is expected: StaticString) -> Bool {
    guard let range = value(of: name) else { return false }
    return isEqual(range, expected)
  }

  /// Calls `body` with each word that is not empty.
  public func forEachWord(_ body: (Range<Int>) -> Void) {
    var start = 0
    for index in 0...count where index == count || storage[index] == UInt8(ascii: " ") {
      if index > start { body(start..<index) }
      start = index + 1
    }
  }

  private func matches(_ text: StaticString, from start: Int) -> Bool {
    guard text.utf8CodeUnitCount <= count - start else { return false }
    return text.withUTF8Buffer { expected in
      for index in 0..<expected.count where unsafe expected[index] != storage[start + index] {
        return false
      }
      return true
    }
  }
}
