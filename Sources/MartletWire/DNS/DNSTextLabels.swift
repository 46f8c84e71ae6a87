/// Walks the labels of a name written with dots.
struct DNSTextLabels: ~Escapable {
  private let text: RawSpan
  private var offset = 0

  @_lifetime(copy text)
  init(_ text: RawSpan) {
    // The root may be written as a dot alone.
    let isRoot = text.byteCount == 1 && text.load(UInt8.self, at: 0) == UInt8(ascii: ".")
    self.text = isRoot ? text.extracting(0..<0) : text
  }

  /// The next label; empty where two dots meet or one leads, `nil` at the end, a last dot being
  /// the end.
  @_lifetime(copy self)
  mutating func next() -> RawSpan? {
    guard offset < text.byteCount else { return nil }
    let start = offset
    while offset < text.byteCount {
      if text.load(UInt8.self, at: offset) == UInt8(ascii: ".") {
        offset &+= 1
        return text.extracting(start..<offset &- 1)
      }
      offset &+= 1
    }
    return text.extracting(start..<offset)
  }
}
