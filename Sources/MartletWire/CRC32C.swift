/// The checksum of SCTP: CRC-32C, Castagnoli's polynomial, reflected (RFC 9260, appendix A).
///
/// Eight bytes a step by eight tables of 256 words, which are made once.
public struct CRC32C: Equatable, Sendable, BitwiseCopyable {
  /// The register, as the next byte finds it.
  private var register: UInt32 = ~0

  /// The sum of nothing.
  public init() {}

  /// Adds bytes behind those already summed.
  public mutating func add(_ bytes: RawSpan) {
    var offset = 0
    var crc = register
    let tables = Self.tables
    while bytes.byteCount &- offset >= 8 {
      let word = bytes.load(UInt64.self, at: offset).byteSwapped ^ UInt64(crc)
      crc = 0
      for index in 0..<8 {
        let byte = Int(truncatingIfNeeded: word >> UInt64(8 &* index) & 255)
        crc ^= tables[(7 &- index) &* 256 &+ byte]
      }
      offset &+= 8
    }
    while offset < bytes.byteCount {
      let byte: UInt8 = bytes.load(at: offset)
      crc = crc >> 8 ^ tables[Int((crc ^ UInt32(byte)) & 255)]
      offset &+= 1
    }
    register = crc
  }

  /// Adds four bytes of zero, as which the checksum's own field counts.
  mutating func addZeros() {
    for _ in 0..<4 { register = register >> 8 ^ Self.tables[Int(register & 255)] }
  }

  /// The CRC.
  public var value: UInt32 { ~register }

  /// The CRC of `bytes`.
  public static func of(_ bytes: RawSpan) -> UInt32 {
    var sum = CRC32C()
    sum.add(bytes)
    return sum.value
  }

  /// `tables[256 * k + b]` is the register after the byte `b` and `k` bytes of zero.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 0 ? 0 : 0x82F6_3B78) }
      tables[byte] = crc
    }
    for index in 256..<tables.count {
      let crc = tables[index - 256]
      tables[index] = crc >> 8 ^ tables[Int(crc & 255)]
    }
    return tables
  }()
}
