// Says `unsafe`: arrays are lent as spans, and spans copied.

extension [UInt8] {
  /// Copies bytes.
  init(_ bytes: RawSpan) {
    self = unsafe bytes.withUnsafeBytes { unsafe Self($0) }
  }

  /// Reads the bytes.
  func read<Result>(_ body: (RawSpan) -> Result) -> Result {
    unsafe body(span.bytes)
  }

  /// The `count` bytes that `body` writes; `nil` when it throws.
  static func written<Failure: Error>(
    _ count: Int, _ body: (inout MutableRawSpan) throws(Failure) -> Void
  ) -> Self? {
    var array = Self(repeating: 0, count: count)
    var span = array.mutableSpan
    var bytes = unsafe span.mutableBytes
    do throws(Failure) { try body(&bytes) } catch { return nil }
    return array
  }

  /// Whether they are the beginning of `bytes`.
  func begins(_ bytes: RawSpan) -> Bool {
    count <= bytes.byteCount && Self(bytes.extracting(0..<count)) == self
  }
}
