import MartletStack

/// Gathers words of uncertain quality, and counts conservatively what they are worth.
///
/// Each word is added to a state of 256 bits that a permutation then mixes. A permutation loses
/// nothing, so what was gathered stays, whoever chose the other words. The seed keys SipHash, which
/// is what hides the state from those who see its output.
struct EntropyPool {
  private var state = InlineArray<4, UInt64>(repeating: 0x6A09_E667_F3BC_C908)
  /// The bits that the words gathered so far are taken to be worth.
  private(set) var creditedBits = 0

  /// Adds a word without credit.
  mutating func absorb(_ word: UInt64) {
    state[0] ^= word
    for _ in 0..<2 { permute() }
  }

  /// Counts bits for what was absorbed.
  mutating func credit(_ bits: Int) { creditedBits += bits }

  /// 128 bits of all that was absorbed.
  mutating func seed() -> Seed {
    for _ in 0..<12 { permute() }
    return Seed(high: state[0] ^ state[2], low: state[1] ^ state[3])
  }

  /// The double round of SipHash (Aumasson and Bernstein 2012): invertible, and every bit reaches
  /// every other in two of them.
  private mutating func permute() {
    for _ in 0..<2 {
      state[0] &+= state[1]
      state[2] &+= state[3]
      state[1] = rotate(state[1], 13) ^ state[0]
      state[3] = rotate(state[3], 16) ^ state[2]
      state[0] = rotate(state[0], 32)
      state[2] &+= state[1]
      state[0] &+= state[3]
      state[1] = rotate(state[1], 17) ^ state[2]
      state[3] = rotate(state[3], 21) ^ state[0]
      state[2] = rotate(state[2], 32)
    }
  }

  private func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 {
    word << count | word >> (64 - count)
  }
}
