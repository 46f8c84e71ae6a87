/// Walks the strings of a TXT record.
public struct DNSStringIterator: ~Escapable {
  private let bytes: RawSpan
  private var offset = 0

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) { self.bytes = bytes }

  /// The next string, 0 to 255 bytes; `nil` at the end, or when one reaches beyond the record.
  @_lifetime(copy self)
  public mutating func next() -> RawSpan? {
    guard offset < bytes.byteCount else { return nil }
    let start = offset &+ 1
    let end = start &+ Int(bytes.load(UInt8.self, at: offset))
    offset = min(end, bytes.byteCount)
    return end <= bytes.byteCount ? bytes.extracting(start..<end) : nil
  }
}
