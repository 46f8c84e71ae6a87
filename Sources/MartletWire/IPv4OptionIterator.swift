/// Walks the options of an IPv4 header; padding is passed over.
///
/// ```swift
/// var options = IPv4OptionIterator(packet.options)
/// while let option = options.next() { … }
/// ```
public struct IPv4OptionIterator: ~Escapable {
  @usableFromInline let bytes: RawSpan
  @usableFromInline var offset = 0
  /// Whether an impossible length ended the walk.
  public private(set) var isMalformed = false

  /// Begins at the first option of `bytes`, which are `IPv4View.options`.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) { self.bytes = bytes }

  /// The next option; `nil` at the end of the list, or when a length is less than the two bytes
  /// of kind and length or reaches beyond the header.
  @_lifetime(copy self)
  public mutating func next() -> IPv4Option? {
    while offset < bytes.byteCount {
      let kind: UInt8 = bytes.load(at: offset)
      if kind == 0 { break }
      if kind == 1 {
        offset &+= 1
        continue
      }
      return option(kind)
    }
    offset = bytes.byteCount
    return nil
  }

  @_lifetime(copy self)
  private mutating func option(_ kind: UInt8) -> IPv4Option? {
    let start = offset
    let room = bytes.byteCount &- start
    let length = room >= 2 ? Int(bytes.load(UInt8.self, at: start &+ 1)) : 0
    guard length >= 2, length <= room else {
      isMalformed = true
      offset = bytes.byteCount
      return nil
    }
    offset = start &+ length
    return IPv4Option(
      kind: .init(rawValue: kind), data: bytes.extracting(start &+ 2..<start &+ length))
  }
}
