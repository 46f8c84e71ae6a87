extension InternetChecksum {
  /// The native sum of the bytes, a last odd one padded with zero.
  @inlinable
  static func nativeSum(of bytes: RawSpan) -> UInt64 {
    let count = bytes.byteCount
    var sum: UInt64 = 0
    var offset = 0
    #if !hasFeature(Embedded)
      // 32-bit words into 64-bit lanes: no lane can overflow before 4 GiB, so no carry is needed.
      var first = SIMD4<UInt64>(repeating: 0)
      var second = SIMD4<UInt64>(repeating: 0)
      while offset &+ 32 <= count {
        let a = bytes.loadWords(at: offset)
        let b = bytes.loadWords(at: offset &+ 16)
        first &+= SIMD4<UInt64>(truncatingIfNeeded: a)
        second &+= SIMD4<UInt64>(truncatingIfNeeded: b)
        offset &+= 32
      }
      sum = (first &+ second).wrappedSum()
    #else
      var high: UInt64 = 0
      while offset &+ 8 <= count {
        let word = bytes.loadNative(UInt64.self, at: offset)
        sum &+= word & 0xFFFF_FFFF
        high &+= word >> 32
        offset &+= 8
      }
      sum &+= high
    #endif
    while offset &+ 4 <= count {
      sum &+= UInt64(bytes.loadNative(UInt32.self, at: offset))
      offset &+= 4
    }
    return sum &+ tailSum(of: bytes, from: offset)
  }

  /// The native sum of the last up to three bytes.
  @inlinable
  static func tailSum(of bytes: RawSpan, from start: Int) -> UInt64 {
    var sum: UInt64 = 0
    var offset = start
    if offset &+ 2 <= bytes.byteCount {
      sum = UInt64(bytes.loadNative(UInt16.self, at: offset))
      offset &+= 2
    }
    if offset < bytes.byteCount {
      let last = UInt16(bytes.loadNative(UInt8.self, at: offset))
      sum &+= UInt64(last.littleEndian)
    }
    return sum
  }
}
