/// An MPLS label stack and what it carries, seen in place (RFC 3032).
public struct MPLSView: ~Escapable {
  /// The labels that a stack may have here; real ones have one to five.
  @inlinable public static var maximumDepth: Int { 16 }
  @usableFromInline let bytes: RawSpan
  /// The number of entries, 1 to `maximumDepth`.
  public let count: Int

  /// Finds the bottom of the stack, so that no accessor can trap.
  ///
  /// Throws `truncated` when the bytes end before it, `badLength`, with the bytes walked, when it
  /// lies deeper than `maximumDepth`.
  @_lifetime(copy bytes)
  public init(parsing bytes: RawSpan) throws(WireError) {
    var count = 0
    while true {
      let end = 4 &* (count &+ 1)
      guard count < Self.maximumDepth else { throw .badLength(4 &* count) }
      guard bytes.byteCount >= end else {
        throw .truncated(needed: end, available: bytes.byteCount)
      }
      count &+= 1
      if MPLSLabel(rawValue: bytes.load(at: end &- 4)).isBottom { break }
    }
    self.bytes = bytes
    self.count = count
  }

  /// The entry at `index`, the top one at 0; traps beyond `count`.
  @inlinable
  public subscript(index: Int) -> MPLSLabel {
    precondition(index < count)
    return MPLSLabel(rawValue: bytes.load(at: 4 &* index))
  }

  /// The top entry.
  @inlinable public var top: MPLSLabel { MPLSLabel(rawValue: bytes.load(at: 0)) }
  /// What follows the stack; the stack does not say what it is.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(4 &* count..<bytes.byteCount) }
  }
}
