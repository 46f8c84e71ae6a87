// Says `unsafe`: it shows an array's bytes.

extension [UInt8] {
  /// Calls `body` with the bytes.
  func withRawSpan<Result>(_ body: (RawSpan) -> Result) -> Result {
    unsafe withUnsafeBytes { bytes in body(unsafe RawSpan(_unsafeBytes: bytes)) }
  }
}
