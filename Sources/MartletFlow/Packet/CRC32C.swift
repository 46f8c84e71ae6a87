/// The checksum of SCTP (RFC 9260, appendix A): CRC-32C, four bits at a time.
enum CRC32C {
  private static func entry(_ index: UInt32) -> UInt32 {
    var value = index
    for _ in 0..<4 { value = value & 1 != 0 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
    return value
  }

  private static let table: InlineArray<16, UInt32> = {
    var table = InlineArray<16, UInt32>(repeating: 0)
    for index in 0..<16 { table[index] = entry(UInt32(index)) }
    return table
  }()

  /// The checksum of bytes, in the order in which SCTP writes it (least byte first).
  static func checksum(of bytes: RawSpan, zeroing hole: Range<Int>) -> UInt32 {
    var crc: UInt32 = .max
    for index in 0..<bytes.byteCount {
      let byte = hole.contains(index) ? 0 : bytes.byte(index)
      crc ^= UInt32(byte)
      crc = crc >> 4 ^ table[Int(crc & 15)]
      crc = crc >> 4 ^ table[Int(crc & 15)]
    }
    return ~crc
  }
}
