// The only file of this module that says `unsafe`: `unsafeLoadUnaligned` checks its bounds, and
// "unsafe" there means only that the caller picks the type, which is always an integer here.

extension RawSpan {
  /// Loads an integer that the network wrote big-endian; traps outside the span.
  ///
  /// A view checks its lengths once, when it is made, so that none of its accessors reaches the
  /// trap.
  @inlinable
  public func load<T: FixedWidthInteger & BitwiseCopyable>(
    _: T.Type = T.self, at offset: Int
  ) -> T {
    unsafe T(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// Loads an integer in the machine's own byte order; traps outside the span.
  ///
  /// For sums over many words (`InternetChecksum`), where swapping each word would be waste.
  @inlinable
  func loadNative<T: FixedWidthInteger & BitwiseCopyable>(
    _: T.Type = T.self, at offset: Int
  ) -> T {
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self)
  }

  /// Loads four 32-bit words in the machine's own byte order; traps outside the span.
  @inlinable
  func loadWords(at offset: Int) -> SIMD4<UInt32> {
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD4<UInt32>.self)
  }
}

extension MutableRawSpan {
  /// Stores an integer in network order; traps outside the span.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func store<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: T.self)
  }

  /// Loads an integer that was stored in network order; traps outside the span.
  @inlinable
  public func load<T: FixedWidthInteger & BitwiseCopyable>(
    _: T.Type = T.self, at offset: Int
  ) -> T {
    unsafe T(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
  }
}
