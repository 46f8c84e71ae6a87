/// Frames for the tests of this module, made byte by byte.
enum Frames {
  static func ethernet(
    to destination: UInt64, from source: UInt64, tci: UInt16? = nil, type: UInt16,
    _ payload: [UInt8]
  ) -> [UInt8] {
    var frame = bytes(destination, 6) + bytes(source, 6)
    if let tci { frame += [0x81, 0] + bytes(UInt64(tci), 2) }
    return frame + bytes(UInt64(type), 2) + payload
  }

  /// An IPv4 packet with a right header checksum.
  static func ipv4(
    _ source: UInt32, _ destination: UInt32, proto: UInt8, ttl: UInt8 = 64, fragment: UInt16 = 0,
    _ payload: [UInt8]
  ) -> [UInt8] {
    var header: [UInt8] = [0x45, 0] + bytes(UInt64(20 + payload.count), 2) + [0, 1]
    header += bytes(UInt64(fragment), 2) + [ttl, proto, 0, 0]
    header += bytes(UInt64(source), 4) + bytes(UInt64(destination), 4)
    let sum = checksum(header)
    header[10] = UInt8(sum >> 8)
    header[11] = UInt8(sum & 255)
    return header + payload
  }

  /// A UDP datagram with a right checksum.
  static func udp(
    _ source: UInt32, _ destination: UInt32, ports: (UInt16, UInt16), _ data: [UInt8]
  ) -> [UInt8] {
    var datagram = bytes(UInt64(ports.0), 2) + bytes(UInt64(ports.1), 2)
    datagram += bytes(UInt64(8 + data.count), 2) + [0, 0] + data
    let sum = checksum(pseudo(source, destination, 17, datagram.count) + datagram)
    datagram[6] = UInt8(sum >> 8)
    datagram[7] = UInt8(sum & 255)
    return datagram
  }

  /// A TCP segment with a right checksum.
  static func tcp(
    _ source: UInt32, _ destination: UInt32, ports: (UInt16, UInt16), flags: UInt8 = 0x10
  ) -> [UInt8] {
    var segment = bytes(UInt64(ports.0), 2) + bytes(UInt64(ports.1), 2)
    segment += bytes(7, 4) + bytes(9, 4) + [0x50, flags, 1, 0, 0, 0, 0, 0]
    let sum = checksum(pseudo(source, destination, 6, segment.count) + segment)
    segment[16] = UInt8(sum >> 8)
    segment[17] = UInt8(sum & 255)
    return segment
  }

  /// Whether the checksums of an IPv4 packet behind 14 or 18 bytes are right.
  static func isIntact(_ frame: [UInt8]) -> Bool {
    let start = frame[12] == 0x81 ? 18 : 14
    let header = Array(frame[start..<start + 20])
    guard checksum(header) == 0 else { return false }
    let length = Int(header[2]) << 8 | Int(header[3])
    let payload = Array(frame[(start + 20)..<(start + length)])
    let source = header[12..<16].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let destination = header[16..<20].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return checksum(pseudo(source, destination, header[9], payload.count) + payload) == 0
  }

  static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }

  private static func pseudo(
    _ source: UInt32, _ destination: UInt32, _ proto: UInt8, _ length: Int
  ) -> [UInt8] {
    bytes(UInt64(source), 4) + bytes(UInt64(destination), 4) + [0, proto]
      + bytes(UInt64(length), 2)
  }

  static func checksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
      sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
    }
    while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
    return ~UInt16(sum)
  }
}
