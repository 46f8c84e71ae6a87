// This file says `unsafe`: it looks at its array's bytes; every offset is checked.

internal import MartletDevice
internal import MartletWire

/// A frame that is being changed: a copy with room in front for what is pushed.
///
/// It is made once and used for every frame; nothing is allocated after that.
struct PacketBuffer: Sendable {
  /// Room for the tags and labels that may be pushed.
  static var headroom: Int { 64 }
  /// The longest frame: 64 KiB of IP and its headers before.
  static var limit: Int { 65_536 + 64 }

  private var bytes: [UInt8] = Array(repeating: 0, count: headroom + limit)
  private(set) var start = headroom
  private(set) var count = 0
  var headers = FrameHeaders()
  var info = FrameInfo()

  init() {}

  /// Takes a copy of a frame; false for what is too long.
  mutating func load(_ frame: RawSpan, _ headers: FrameHeaders, _ info: FrameInfo) -> Bool {
    guard frame.byteCount <= Self.limit else { return false }
    start = Self.headroom
    count = frame.byteCount
    var room = bytes.mutableSpan
    var raw = unsafe room.mutableBytes
    raw.copy(frame, at: Self.headroom)
    self.headers = headers
    self.info = info
    return true
  }

  /// The frame as it is now.
  var frame: RawSpan {
    @_lifetime(borrow self)
    get { unsafe bytes.span.bytes.extracting(start..<start + count) }
  }

  /// Translates the addresses of the IP packet in the frame.
  mutating func translate(_ translation: AddressTranslation) {
    guard headers.network > 0 else { return }
    let range = (start + headers.network)..<(start + count)
    let isPartial = info.checksum == .partial
    var room = bytes.mutableSpan
    var raw = unsafe room.mutableBytes
    var packet = raw._mutatingExtracting(range)
    translation.apply(to: &packet, isPartial: isPartial)
  }

  // MARK: Bytes

  func byte(_ offset: Int) -> UInt8 { bytes[start + offset] }

  func word16(_ offset: Int) -> UInt16 { UInt16(byte(offset)) << 8 | UInt16(byte(offset + 1)) }

  func word32(_ offset: Int) -> UInt32 {
    UInt32(word16(offset)) << 16 | UInt32(word16(offset + 2))
  }

  mutating func set(_ value: UInt8, at offset: Int) { bytes[start + offset] = value }

  mutating func set(_ value: UInt16, at offset: Int) {
    bytes[start + offset] = UInt8(truncatingIfNeeded: value >> 8)
    bytes[start + offset + 1] = UInt8(truncatingIfNeeded: value)
  }

  mutating func set(_ value: UInt32, at offset: Int) {
    set(UInt16(truncatingIfNeeded: value >> 16), at: offset)
    set(UInt16(truncatingIfNeeded: value), at: offset + 2)
  }

  /// The least 48 bits of a value.
  mutating func set(mac value: UInt64, at offset: Int) {
    set(UInt16(truncatingIfNeeded: value >> 32), at: offset)
    set(UInt32(truncatingIfNeeded: value), at: offset + 2)
  }

  // MARK: Tags and labels

  /// Makes room for `length` bytes behind the first `place`; false where there is none.
  mutating func open(_ length: Int, at place: Int) -> Bool {
    guard start >= length, count + length <= Self.limit else { return false }
    start -= length
    count += length
    for index in 0..<place { bytes[start + index] = bytes[start + index + length] }
    moveHeaders(from: place, by: length)
    return true
  }

  /// Takes `length` bytes away behind the first `place`.
  mutating func close(_ length: Int, at place: Int) {
    guard count >= place + length else { return }
    for index in (0..<place).reversed() {
      bytes[start + index + length] = bytes[start + index]
    }
    start += length
    count -= length
    moveHeaders(from: place + length, by: -length)
  }

  private mutating func moveHeaders(from place: Int, by distance: Int) {
    if headers.mpls >= place, headers.mpls > 0 { headers.mpls += distance }
    if headers.network >= place, headers.network > 0 { headers.network += distance }
    if headers.transport >= place, headers.transport > 0 { headers.transport += distance }
    let shift = UInt16(truncatingIfNeeded: distance)
    if info.checksum == .partial { info.checksumStart &+= shift }
    if info.segmentation != .none { info.headerLength &+= shift }
  }
}
