/// Looks at a frame without the help of what is tested.
enum Checker {
  /// Whether IPv4, TCP, UDP, ICMP and ICMPv6 checksums are right, where the frame is whole.
  static func isIntact(_ frame: [UInt8]) -> Bool {
    guard frame.count >= 14 else { return false }
    var offset = 12
    while offset + 4 <= frame.count, [0x8100, 0x88A8].contains(word(frame, offset)) { offset += 4 }
    guard offset + 2 <= frame.count else { return true }
    var type = word(frame, offset)
    offset += 2
    while type == 0x8847, offset + 4 <= frame.count {
      if frame[offset + 2] & 1 == 1 { type = 0x0800 }
      offset += 4
    }
    let packet = Array(frame[min(offset, frame.count)...])
    if type == 0x0800, packet.count >= 20, packet[0] == 0x45 {
      let isFragment = word(packet, 6) & 0x3FFF != 0
      guard Frames.checksum(Array(packet[..<20])) == 0 else { return false }
      return isFragment
        || isIntact(packet[9], Array(packet[20...]), addresses: Array(packet[12..<20]))
    }
    if type == 0x86DD, packet.count >= 40, packet[0] >> 4 == 6 {
      return isIntact(packet[6], Array(packet[40...]), addresses: Array(packet[8..<40]))
    }
    return true
  }

  private static func word(_ bytes: [UInt8], _ at: Int) -> Int {
    Int(bytes[at]) << 8 | Int(bytes[at + 1])
  }

  private static func isIntact(_ number: UInt8, _ bytes: [UInt8], addresses: [UInt8]) -> Bool {
    let pseudo = addresses + [UInt8(bytes.count >> 8), UInt8(bytes.count & 255), 0, number]
    switch number {
    case 1: return Frames.checksum(bytes) == 0
    case 17 where bytes.count >= 8 && word(bytes, 6) == 0: return true
    case 6, 17, 58: return Frames.checksum(pseudo + bytes) == 0
    case 132 where bytes.count >= 12: return true
    default: return true
    }
  }
}
