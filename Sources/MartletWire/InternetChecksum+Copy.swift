// The other file that tells hosted from Embedded Swift; see `InternetChecksum+Sum.swift`.

extension InternetChecksum {
  /// Copies `source` to `offset` and adds it to the sum, in one pass over the bytes.
  ///
  /// Payload that is copied into a frame anyway is summed almost for nothing. Traps when `source`
  /// does not fit.
  public mutating func copy(
    _ source: RawSpan, into destination: inout MutableRawSpan, at offset: Int
  ) {
    let count = source.byteCount
    var target = destination._mutatingExtracting(offset..<offset + count)
    var position = 0
    #if hasFeature(Embedded)
      var total: UInt64 = 0
    #else
      var lanes = SumLanes()
      while count &- position >= 64 {
        let block = source.loadLanes(at: position)
        target.storeBytes(of: block, toByteOffset: position, as: SIMD8<UInt64>.self)
        lanes.add(block)
        position &+= 64
      }
      var total = lanes.total
    #endif
    while count &- position >= 8 {
      let word = source.loadNative(UInt64.self, at: position)
      target.storeBytes(of: word, toByteOffset: position, as: UInt64.self)
      total = Self.sum(total, word)
      position &+= 8
    }
    if count &- position >= 4 {
      let word = source.loadNative(UInt32.self, at: position)
      target.storeBytes(of: word, toByteOffset: position, as: UInt32.self)
      total = Self.sum(total, UInt64(word))
      position &+= 4
    }
    if count &- position >= 2 {
      let word = source.loadNative(UInt16.self, at: position)
      target.storeBytes(of: word, toByteOffset: position, as: UInt16.self)
      total = Self.sum(total, UInt64(word))
      position &+= 2
    }
    if position < count {
      let byte = source.loadNative(UInt8.self, at: position)
      target.storeBytes(of: byte, toByteOffset: position, as: UInt8.self)
      total = Self.sum(total, UInt64(UInt16(byte).littleEndian))
    }
    append(total, byteCount: count)
  }
}
