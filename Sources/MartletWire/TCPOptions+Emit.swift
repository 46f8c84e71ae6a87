extension TCPOptions {
  /// The bytes that `emit` writes: a multiple of 4, at most 40.
  @inlinable public var encodedLength: Int {
    guard presence != .timestamps || blockCount > 0 else { return 12 }
    let blocks = emittedBlockCount
    return fixedLength &+ (blocks > 0 ? 4 &+ 8 &* blocks : 0)
  }

  /// The bytes of all options but SACK, padding included.
  @inlinable var fixedLength: Int {
    var length = 0
    if presence.contains(.segmentSize) { length &+= 4 }
    if presence.contains(.timestamps) {
      length &+= 12
    } else if presence.contains(.selective) {
      length &+= 4
    }
    if presence.contains(.windowScale) { length &+= 4 }
    if presence.contains(.userTimeout) { length &+= 4 }
    return length
  }

  /// How many SACK blocks find room: four alone, three beside timestamps (RFC 2018, section 3).
  @inlinable var emittedBlockCount: Int { min(Int(blockCount), (36 &- fixedLength) / 8) }

  /// Writes the options at `offset` of `bytes` and returns their length.
  ///
  /// Each option is led by the NOPs that align its numbers and make it a multiple of 4, in the
  /// order MSS, SACK permitted, timestamps, window scale, user timeout, SACK; SACK permitted takes
  /// the place of the NOPs before timestamps. SACK blocks that find no room are left out, the last
  /// first. Throws `truncated` when the rest does not fit into `bytes`.
  @_lifetime(bytes: copy bytes)
  @inlinable
  @discardableResult
  public func emit(into bytes: inout MutableRawSpan, at offset: Int = 0) throws(WireError) -> Int {
    let length = encodedLength
    guard offset >= 0, offset <= bytes.byteCount, length <= bytes.byteCount &- offset else {
      throw .truncated(needed: length, available: max(0, bytes.byteCount &- max(0, offset)))
    }
    if presence == .timestamps, blockCount == 0 {
      storeTimestamps(into: &bytes, at: offset)
    } else {
      storeAll(into: &bytes, at: offset)
    }
    return length
  }

  @_lifetime(bytes: copy bytes)
  @inlinable
  func storeTimestamps(into bytes: inout MutableRawSpan, at offset: Int) {
    // SACK permitted is two bytes, just as two NOPs are.
    let lead: UInt32 = presence.contains(.selective) ? 0x0402_080A : 0x0101_080A
    bytes.store(lead, at: offset)
    bytes.store(stamps.value, at: offset &+ 4)
    bytes.store(stamps.echo, at: offset &+ 8)
  }

  @_lifetime(bytes: copy bytes)
  @usableFromInline
  func storeAll(into bytes: inout MutableRawSpan, at start: Int) {
    var offset = start
    if presence.contains(.segmentSize) {
      bytes.store(0x0204_0000 | UInt32(segmentSize), at: offset)
      offset &+= 4
    }
    if presence.contains(.timestamps) {
      storeTimestamps(into: &bytes, at: offset)
      offset &+= 12
    } else if presence.contains(.selective) {
      bytes.store(0x0101_0402 as UInt32, at: offset)
      offset &+= 4
    }
    if presence.contains(.windowScale) {
      bytes.store(0x0103_0300 | UInt32(scale), at: offset)
      offset &+= 4
    }
    if presence.contains(.userTimeout) {
      bytes.store(0x1C04_0000 | UInt32(timeout), at: offset)
      offset &+= 4
    }
    storeBlocks(into: &bytes, at: offset)
  }

  @_lifetime(bytes: copy bytes)
  private func storeBlocks(into bytes: inout MutableRawSpan, at start: Int) {
    let count = emittedBlockCount
    guard count > 0 else { return }
    bytes.store(0x0101_0500 | UInt32(truncatingIfNeeded: 2 &+ 8 &* count), at: start)
    for index in 0..<count {
      let block = selectiveAcknowledgment(at: index)
      bytes.store(block.left.rawValue, at: start &+ 4 &+ 8 &* index)
      bytes.store(block.right.rawValue, at: start &+ 8 &+ 8 &* index)
    }
  }
}
