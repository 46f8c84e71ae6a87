internal import MartletWire

/// The options of a SYN or a SYN-ACK that this side sends.
struct HandshakeOffer: BitwiseCopyable {
  /// The MSS asked for.
  var segmentSize: UInt16
  /// The shift of this side's windows; `nil` to offer no scaling.
  var windowScale: UInt8?
  /// Whether selective acknowledgments are taken.
  var isSelective = false
  /// The user timeout option (RFC 5482); `nil` to tell none.
  var userTimeout: UInt16?
  /// TSval; `nil` to offer no timestamps.
  var timestamp: UInt32?
  /// TSecr.
  var timestampEcho: UInt32 = 0

  init(segmentSize: UInt16) { self.segmentSize = segmentSize }

  /// The bytes that the options take.
  var length: Int {
    4 + (timestamp != nil ? 12 : isSelective ? 4 : 0) + (windowScale != nil ? 4 : 0)
      + (userTimeout != nil ? 4 : 0)
  }

  /// Writes the options in the order that deployed stacks use and returns their length.
  func write(into slot: inout MutableRawSpan, at offset: Int) -> Int {
    slot.store(0x0204_0000 | UInt32(segmentSize), at: offset)
    var position = offset + 4
    if let timestamp {
      // SACK-permitted takes the place of the two NOPs that would align the timestamps.
      slot.store(isSelective ? UInt32(0x0402_080A) : 0x0101_080A, at: position)
      slot.store(timestamp, at: position + 4)
      slot.store(timestampEcho, at: position + 8)
      position += 12
    } else if isSelective {
      slot.store(UInt32(0x0101_0402), at: position)
      position += 4
    }
    if let windowScale {
      slot.store(0x0103_0300 | UInt32(windowScale), at: position)
      position += 4
    }
    if let userTimeout {
      slot.store(0x1C04_0000 | UInt32(userTimeout), at: position)
      position += 4
    }
    return position - offset
  }
}
