import MartletWire

/// Some bytes of a message, seen in place.
public struct ByteText: ~Escapable {
  /// The bytes themselves.
  public let bytes: RawSpan

  /// Sees these bytes as text.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) {
    self.bytes = bytes
  }

  /// How many bytes there are.
  public var count: Int { bytes.byteCount }

  /// One byte; traps outside the text.
  public subscript(index: Int) -> UInt8 { bytes.load(at: index) }

  /// A part of the text; traps outside it.
  @_lifetime(copy self)
  public func part(_ range: Range<Int>) -> ByteText {
    ByteText(bytes.extracting(range))
  }

  /// Whether the text is this one, byte for byte.
  public func equals(_ other: Literal) -> Bool {
    count == other.count && hasPrefix(other)
  }

  /// Whether the text begins so.
  public func hasPrefix(_ prefix: Literal) -> Bool {
    guard count >= prefix.count else { return false }
    for index in 0..<prefix.count where self[index] != prefix[index] { return false }
    return true
  }

  /// Whether the text is this one, when A to Z are taken as a to z. `other` is in lower case.
  public func equalsIgnoringCase(_ other: Literal) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where self[index].lowercased != other[index] { return false }
    return true
  }

  /// Whether a comma-separated list has this element, ignoring case (RFC 9110 section 5.6.1).
  func listContains(_ element: Literal) -> Bool {
    var start = 0
    for index in 0...count where index == count || self[index] == .comma {
      if part(start..<index).trimmed().equalsIgnoringCase(element) { return true }
      start = index + 1
    }
    return false
  }

  /// The text without spaces and tabs at its ends.
  @_lifetime(copy self)
  func trimmed() -> ByteText {
    var start = 0
    var end = count
    while start < end, self[start].isBlank { start += 1 }
    while end > start, self[end - 1].isBlank { end -= 1 }
    return part(start..<end)
  }

  /// The number that the text is: decimal digits and nothing else, at most 18 of them.
  var decimal: Int? {
    guard count >= 1, count <= 18 else { return nil }
    var number: Int64 = 0
    for index in 0..<count {
      guard let digit = self[index].decimalDigit else { return nil }
      number = number * 10 + Int64(digit)
    }
    return Int(exactly: number)
  }
}
