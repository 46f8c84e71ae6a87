// The only file of this module that says `unsafe`: where an array's bytes are lent as a span, whose
// bounds are the array's, and where a span's bytes are copied into an array.

extension [UInt8] {
  /// The bytes, lent.
  var rawBytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      let bytes = unsafe span.bytes
      return unsafe _overrideLifetime(bytes, borrowing: self)
    }
  }

  /// Copies `bytes`.
  init(copying bytes: RawSpan) {
    self = unsafe bytes.withUnsafeBytes { unsafe Self($0) }
  }

  /// Appends a copy of `bytes`.
  mutating func append(copying bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe self.append(contentsOf: $0) }
  }
}
