/// Walks the labels of a `DNSName`, across its pointers.
public struct DNSLabelIterator: ~Escapable {
  private let message: RawSpan
  private var position: Int

  /// Begins at a name that `DNSName` has checked.
  @_lifetime(copy message)
  init(_ message: RawSpan, at position: Int) {
    self.message = message
    self.position = position
  }

  /// The next label, 1 to 63 bytes; `nil` at the root.
  @_lifetime(copy self)
  public mutating func next() -> RawSpan? {
    while message.load(UInt8.self, at: position) & 0xC0 == 0xC0 {
      position = Int(message.load(UInt16.self, at: position) & 0x3FFF)
    }
    let length = Int(message.load(UInt8.self, at: position))
    guard length > 0 else { return nil }
    let start = position &+ 1
    position = start &+ length
    return message.extracting(start..<position)
  }
}
