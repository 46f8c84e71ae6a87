// One of the two files that tell hosted from Embedded Swift, where vector registers are forbidden
// (a kernel does not save them).

extension InternetChecksum {
  /// The ones' complement sum of the words of `bytes` in the machine's byte order; a last odd byte
  /// counts as a word whose second byte is zero. Right for any length below 32 GiB.
  @inlinable
  static func nativeSum(of bytes: RawSpan) -> UInt64 {
    #if !hasFeature(Embedded)
      // Headers are short and summed in place; a call alone would cost them a third more.
      if bytes.byteCount >= 128 { return vectorSum(of: bytes) }
    #endif
    return wordSum(of: bytes, from: 0)
  }

  /// The sum from `start` on, in 64-bit words.
  @inlinable
  static func wordSum(of bytes: RawSpan, from start: Int) -> UInt64 {
    var offset = start
    var total: UInt64 = 0
    while bytes.byteCount &- offset >= 8 {
      total = sum(total, bytes.loadNative(UInt64.self, at: offset))
      offset &+= 8
    }
    return sum(total, tailSum(of: bytes, from: offset))
  }

  /// The sum of the last 0 to 7 bytes.
  @inlinable
  static func tailSum(of bytes: RawSpan, from start: Int) -> UInt64 {
    var offset = start
    var total: UInt64 = 0
    if bytes.byteCount &- offset >= 4 {
      total = UInt64(bytes.loadNative(UInt32.self, at: offset))
      offset &+= 4
    }
    if bytes.byteCount &- offset >= 2 {
      total &+= UInt64(bytes.loadNative(UInt16.self, at: offset))
      offset &+= 2
    }
    if offset < bytes.byteCount {
      total &+= UInt64(UInt16(bytes.loadNative(UInt8.self, at: offset)).littleEndian)
    }
    return total
  }

  /// The ones' complement sum of two words: the carry goes round to the low end.
  @inlinable
  static func sum(_ first: UInt64, _ second: UInt64) -> UInt64 {
    let (result, overflow) = first.addingReportingOverflow(second)
    return result &+ (overflow ? 1 : 0)
  }

  #if !hasFeature(Embedded)
    /// The sum in blocks of 64 bytes, which are four vector registers of two words each.
    @usableFromInline
    static func vectorSum(of bytes: RawSpan) -> UInt64 {
      var lanes = SumLanes()
      var offset = 0
      while bytes.byteCount &- offset >= 128 {
        lanes.add(bytes.loadLanes(at: offset))
        lanes.add(bytes.loadLanes(at: offset &+ 64))
        offset &+= 128
      }
      if bytes.byteCount &- offset >= 64 {
        lanes.add(bytes.loadLanes(at: offset))
        offset &+= 64
      }
      return sum(lanes.total, wordSum(of: bytes, from: offset))
    }
  #endif
}

#if !hasFeature(Embedded)
  /// Eight running sums of 64-bit words, each without loss: the words wrap around in `words`,
  /// and `highHalves` tells how often. This takes one shift and two additions a vector, an
  /// instruction less than to sum both halves.
  struct SumLanes {
    var words = SIMD8<UInt64>()
    var highHalves = SIMD8<UInt64>()

    @inline(__always)
    mutating func add(_ block: SIMD8<UInt64>) {
      words &+= block
      highHalves &+= block &>> 32
    }

    /// The sum of all 32-bit halves.
    var total: UInt64 { (words &- highHalves &<< 32 &+ highHalves).wrappedSum() }
  }
#endif
