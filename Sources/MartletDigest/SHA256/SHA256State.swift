/// The eight words that SHA-256 carries from block to block (FIPS 180-4, 6.2).
struct SHA256State: Sendable, BitwiseCopyable {
  var words: InlineArray<8, UInt32>

  /// The state before the first block (FIPS 180-4, 5.3.3).
  static let initial = SHA256State(words: [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ])

  /// A place for a state.
  static var zero: SHA256State { SHA256State(words: InlineArray(repeating: 0)) }

  /// The state that a digest was made of.
  init(_ digest: SHA256Digest) {
    words = InlineArray { index in
      let pair = digest.storage[index >> 1].bigEndian
      return UInt32(truncatingIfNeeded: index & 1 == 0 ? pair >> 32 : pair)
    }
  }

  init(words: InlineArray<8, UInt32>) {
    self.words = words
  }
}
