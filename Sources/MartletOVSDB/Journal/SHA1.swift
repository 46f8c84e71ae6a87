/// SHA-1 (RFC 3174), for one purpose: Open vSwitch's database files carry it with every record, to
/// tell a torn or rotten one. It protects against accidents, not against anybody.
enum SHA1 {
  /// The digest in 40 hexadecimal digits.
  static func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    digest(Array(bytes)).map { word in
      let text = String(word, radix: 16)
      return String(repeating: "0", count: 8 - text.count) + text
    }.joined()
  }

  private static func digest(_ message: [UInt8]) -> [UInt32] {
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    var tail = Array(message[(message.count / 64 * 64)...])
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    let bits = UInt64(message.count) * 8
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      tail.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
    var schedule = InlineArray<80, UInt32>(repeating: 0)
    for offset in stride(from: 0, to: message.count / 64 * 64, by: 64) {
      compress(message, offset, &state, &schedule)
    }
    for offset in stride(from: 0, to: tail.count, by: 64) {
      compress(tail, offset, &state, &schedule)
    }
    return state
  }

  private static func compress(
    _ bytes: [UInt8], _ offset: Int, _ state: inout [UInt32],
    _ w: inout InlineArray<80, UInt32>
  ) {
    for index in 0..<16 {
      let at = offset + 4 * index
      w[index] =
        UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8
        | UInt32(bytes[at + 3])
    }
    for index in 16..<80 {
      w[index] = rotate(w[index - 3] ^ w[index - 8] ^ w[index - 14] ^ w[index - 16], 1)
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for index in 0..<80 {
      let (f, k): (UInt32, UInt32) =
        switch index {
        case 0..<20: (b & c | ~b & d, 0x5A82_7999)
        case 20..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case 40..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      let next = rotate(a, 5) &+ f &+ e &+ k &+ w[index]
      (e, d, c, b, a) = (d, c, rotate(b, 30), a, next)
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
    state[4] &+= e
  }

  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word << count | word >> (32 - count)
  }
}
