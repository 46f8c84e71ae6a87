/// Reads the pairs of a query or of an `application/x-www-form-urlencoded` body.
public struct FormReader: ~Escapable {
  /// One pair, both parts still encoded.
  public struct Pair: ~Escapable {
    /// What stands before the first `=`.
    public let name: ByteText
    /// What stands after it; empty without one.
    public let value: ByteText

    @_lifetime(copy name, copy value)
    init(name: ByteText, value: ByteText) {
      self.name = name
      self.value = value
    }
  }

  let text: ByteText
  var offset = 0

  /// Reads this text from its beginning.
  @_lifetime(copy text)
  public init(_ text: ByteText) {
    self.text = text
  }

  /// The next pair; `nil` at the end. Empty pairs are left out.
  @_lifetime(copy self)
  public mutating func next() -> Pair? {
    while offset < text.count {
      let start = offset
      var end = start
      var equals: Int?
      while end < text.count, text[end] != 0x26 {
        if text[end] == 0x3D, equals == nil { equals = end }
        end += 1
      }
      offset = end + 1
      guard end > start else { continue }
      let split = equals ?? end
      return Pair(
        name: text.part(start..<split), value: text.part(min(split + 1, end)..<end))
    }
    return nil
  }
}

extension OutputBuffer {
  /// Appends a form's name or value decoded: `+` is a space, `%41` an A. Gives false, and appends
  /// nothing, when a `%` is not followed by two hexadecimal digits.
  public mutating func append(formDecoded text: ByteText) -> Bool {
    let before = count
    var index = 0
    while index < text.count {
      switch text[index] {
      case .plus: append(.space)
      case 0x25:
        guard index + 2 < text.count, let high = text[index + 1].hexDigit,
          let low = text[index + 2].hexDigit
        else {
          shrink(to: before)
          return false
        }
        append(high << 4 | low)
        index += 2
      case let byte: append(byte)
      }
      index += 1
    }
    return true
  }
}
