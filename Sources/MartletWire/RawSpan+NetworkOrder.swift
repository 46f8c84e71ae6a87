// The only file of this module that says `unsafe`: `unsafeLoadUnaligned` checks its bounds, and
// "unsafe" there means only that the caller picks the type, which is always an integer or a vector
// of integers here; the copies run between spans whose bounds were checked just before.

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

  /// Loads 64 bytes as eight words in the machine's own byte order; traps outside the span.
  @inlinable
  func loadLanes(at offset: Int) -> SIMD8<UInt64> {
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD8<UInt64>.self)
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

  /// Copies all of `source` to `offset`; traps when it does not fit.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func copy(_ source: RawSpan, at offset: Int) {
    var room = _mutatingExtracting(offset..<offset + source.byteCount)
    unsafe room.withUnsafeMutableBytes { target in
      unsafe source.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
    }
  }

  /// Sets the bytes of `range` to zero; traps outside the span.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func zero(_ range: Range<Int>) {
    var room = _mutatingExtracting(range)
    unsafe room.withUnsafeMutableBytes { target in
      _ = unsafe target.initializeMemory(as: UInt8.self, repeating: 0)
    }
  }
}
