// This file says `unsafe`: it loads words from a pointer that covers `blocks` times 64 bytes.

/// SHA-256's compression function in Swift (FIPS 180-4, 6.2.2): the path of every other processor,
/// and of kernels.
enum PortableCompression {
  @unsafe static func run(
    _ state: UnsafeMutablePointer<UInt32>, _ input: UnsafeRawPointer, blocks: Int
  ) {
    var block = unsafe input
    for _ in 0..<blocks {
      var words = InlineArray<16, UInt32> { index in
        unsafe UInt32(
          bigEndian: block.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
      }
      unsafe runRounds(state, &words)
      unsafe block += 64
    }
  }

  @unsafe private static func runRounds(
    _ state: UnsafeMutablePointer<UInt32>, _ words: inout InlineArray<16, UInt32>
  ) {
    var v = unsafe Variables(
      a: state[0], b: state[1], c: state[2], d: state[3], e: state[4], f: state[5], g: state[6],
      h: state[7])
    for base in stride(from: 0, to: 64, by: 8) {
      v.runEightRounds(base, &words)
    }
    unsafe state[0] &+= v.a
    unsafe state[1] &+= v.b
    unsafe state[2] &+= v.c
    unsafe state[3] &+= v.d
    unsafe state[4] &+= v.e
    unsafe state[5] &+= v.f
    unsafe state[6] &+= v.g
    unsafe state[7] &+= v.h
  }

  /// The variables a to h. A round renames seven of them: written out eight at a time, with the
  /// names moved instead of the values.
  private struct Variables {
    var a, b, c, d, e, f, g, h: UInt32

    @inline(__always)
    mutating func runEightRounds(_ i: Int, _ words: inout InlineArray<16, UInt32>) {
      Self.round(a, b, c, &d, e, f, g, &h, PortableCompression.sum(i, &words))
      Self.round(h, a, b, &c, d, e, f, &g, PortableCompression.sum(i + 1, &words))
      Self.round(g, h, a, &b, c, d, e, &f, PortableCompression.sum(i + 2, &words))
      Self.round(f, g, h, &a, b, c, d, &e, PortableCompression.sum(i + 3, &words))
      Self.round(e, f, g, &h, a, b, c, &d, PortableCompression.sum(i + 4, &words))
      Self.round(d, e, f, &g, h, a, b, &c, PortableCompression.sum(i + 5, &words))
      Self.round(c, d, e, &f, g, h, a, &b, PortableCompression.sum(i + 6, &words))
      Self.round(b, c, d, &e, f, g, h, &a, PortableCompression.sum(i + 7, &words))
    }

    @inline(__always)
    private static func round(
      _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32,
      _ g: UInt32, _ h: inout UInt32, _ sum: UInt32
    ) {
      let choice = (e & (f ^ g)) ^ g
      let majority = (a & b) | (c & (a | b))
      h = h &+ sum &+ choice &+ (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25))
      d = d &+ h
      h = h &+ majority &+ (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22))
    }
  }

  /// The constant and the schedule word of round `i`; the word replaces that of 16 rounds before.
  @inline(__always)
  private static func sum(_ i: Int, _ words: inout InlineArray<16, UInt32>) -> UInt32 {
    if i >= 16 {
      let early = words[(i &+ 1) & 15]
      let late = words[(i &+ 14) & 15]
      words[i & 15] =
        words[i & 15] &+ words[(i &+ 9) & 15]
        &+ (ror(early, 7) ^ ror(early, 18) ^ (early >> 3))
        &+ (ror(late, 17) ^ ror(late, 19) ^ (late >> 10))
    }
    return words[i & 15] &+ constants[i]
  }

  @inline(__always)
  private static func ror(_ value: UInt32, _ count: UInt32) -> UInt32 {
    value &>> count | value &<< (32 &- count)
  }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let constants: InlineArray<64, UInt32> = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]
}
