internal import MartletWire

/// The IPv4 header from which the headers of fragments are made (RFC 791, section 3.2).
struct FragmentHeader: BitwiseCopyable {
  /// The bytes of the first fragment's header: the whole.
  let length: Int
  /// The bytes of every other fragment's header: only options that say so are copied.
  let laterLength: Int
  /// The flags and offset of the packet, which may be a fragment itself.
  private let flagsAndOffset: UInt16

  /// Reads the header at the front of `packet`, which is a good one: it was parsed or built here.
  init(of packet: RawSpan) {
    length = Int(packet.load(UInt8.self, at: 0) & 15) * 4
    flagsAndOffset = packet.load(at: 6)
    var copied = 0
    Self.forEachCopiedOption(of: packet) { copied += $0.count }
    laterLength = 20 + (copied + 3) & ~3
  }

  /// Writes the header of the fragment that begins `payloadOffset` bytes into the payload.
  func write(
    _ packet: RawSpan, into slot: inout MutableRawSpan, at place: Int, payloadOffset: Int,
    payloadLength: Int, isLast: Bool
  ) {
    let headerLength: Int
    if payloadOffset == 0 {
      headerLength = length
      slot.copy(packet.extracting(0..<length), at: place)
    } else {
      headerLength = laterLength
      slot.copy(packet.extracting(0..<20), at: place)
      var end = place + 20
      Self.forEachCopiedOption(of: packet) {
        slot.copy(packet.extracting($0), at: end)
        end += $0.count
      }
      while end < place + laterLength {
        slot.store(UInt8(0), at: end)
        end += 1
      }
      slot.store(UInt8(truncatingIfNeeded: 0x40 | headerLength / 4), at: place)
    }
    let moreFragments: UInt16 = isLast ? flagsAndOffset & 0x2000 : 0x2000
    let offset = (flagsAndOffset & 0x1FFF) &+ UInt16(truncatingIfNeeded: payloadOffset / 8)
    slot.store(UInt16(truncatingIfNeeded: headerLength + payloadLength), at: place + 2)
    slot.store(moreFragments | offset, at: place + 6)
    slot.store(UInt16(0), at: place + 10)
    slot.store(slot.headerChecksum(at: place, length: headerLength), at: place + 10)
  }

  /// Hands over where each option lies that every fragment must carry: the top bit of its kind.
  private static func forEachCopiedOption(of packet: RawSpan, _ body: (Range<Int>) -> Void) {
    let end = min(Int(packet.load(UInt8.self, at: 0) & 15) * 4, packet.byteCount)
    var place = 20
    while place < end {
      let kind = packet.load(UInt8.self, at: place)
      if kind == 0 { return }
      if kind == 1 {
        place += 1
        continue
      }
      guard place + 1 < end else { return }
      let count = Int(packet.load(UInt8.self, at: place + 1))
      guard count >= 2, place + count <= end else { return }
      if kind & 0x80 != 0 { body(place..<place + count) }
      place += count
    }
  }
}

extension MutableRawSpan {
  /// The checksum of an IPv4 header that lies at `place`, its checksum field being zero.
  func headerChecksum(at place: Int, length: Int) -> UInt16 {
    var sum: UInt32 = 0
    for offset in stride(from: place, to: place + length, by: 2) {
      sum += UInt32(load(UInt16.self, at: offset))
    }
    sum = sum & 0xFFFF + sum >> 16
    return ~UInt16(truncatingIfNeeded: sum & 0xFFFF + sum >> 16)
  }
}
