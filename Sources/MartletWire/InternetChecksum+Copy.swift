extension InternetChecksum {
  /// The native sum of `source`, which is copied to `offset` of `target` on the way; traps where it
  /// does not fit.
  @inlinable
  static func nativeSum(
    copying source: RawSpan, into target: inout MutableRawSpan, at start: Int
  ) -> UInt64 {
    let count = source.byteCount
    precondition(start >= 0 && start <= target.byteCount - count, "the copy does not fit")
    var sum: UInt64 = 0
    var offset = 0
    #if !hasFeature(Embedded)
      var first = SIMD4<UInt64>(repeating: 0)
      var second = SIMD4<UInt64>(repeating: 0)
      while offset &+ 32 <= count {
        let a = source.loadWords(at: offset)
        let b = source.loadWords(at: offset &+ 16)
        target.storeBytes(of: a, toByteOffset: start &+ offset, as: SIMD4<UInt32>.self)
        target.storeBytes(of: b, toByteOffset: start &+ offset &+ 16, as: SIMD4<UInt32>.self)
        first &+= SIMD4<UInt64>(truncatingIfNeeded: a)
        second &+= SIMD4<UInt64>(truncatingIfNeeded: b)
        offset &+= 32
      }
      sum = (first &+ second).wrappedSum()
    #else
      var high: UInt64 = 0
      while offset &+ 8 <= count {
        let word = source.loadNative(UInt64.self, at: offset)
        target.storeBytes(of: word, toByteOffset: start &+ offset, as: UInt64.self)
        sum &+= word & 0xFFFF_FFFF
        high &+= word >> 32
        offset &+= 8
      }
      sum &+= high
    #endif
    while offset < count {
      target.storeBytes(
        of: source.loadNative(UInt8.self, at: offset), toByteOffset: start &+ offset,
        as: UInt8.self)
      offset &+= 1
    }
    let whole = count & ~(wordStep &- 1)
    return sum &+ rest(of: source, from: whole)
  }

  /// The bytes that one turn of the loop above takes.
  @inlinable static var wordStep: Int {
    #if !hasFeature(Embedded)
      32
    #else
      8
    #endif
  }

  @inlinable
  static func rest(of source: RawSpan, from start: Int) -> UInt64 {
    var sum: UInt64 = 0
    var offset = start
    while offset &+ 4 <= source.byteCount {
      sum &+= UInt64(source.loadNative(UInt32.self, at: offset))
      offset &+= 4
    }
    return sum &+ tailSum(of: source, from: offset)
  }
}
