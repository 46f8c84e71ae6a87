internal import MartletDevice

/// The stack's own generator: SipHash-2-4 over a counter, under a key from the platform's entropy.
///
/// Ports, identifications, jitter and secrets come from it, never from a clock. The same seed gives
/// the same run, which is what tests want and a platform must avoid.
struct RandomGenerator: Sendable {
  private var key: SipHash
  private var counter: UInt64 = 0

  /// Starts from 128 bits of entropy.
  init(seed: Seed) {
    key = SipHash(key0: seed.high, key1: seed.low)
  }

  /// Mixes further entropy in: what came before stays secret to who knows only `seed`.
  mutating func reseed(_ seed: Seed) {
    key = SipHash(
      key0: key.hash(seed.high, counter), key1: key.hash(seed.low, ~counter))
  }

  /// 64 random bits.
  mutating func next() -> UInt64 {
    counter &+= 1
    return key.hash(counter, 0)
  }

  /// A number from 0 to `bound - 1`; 0 for a bound of 0.
  mutating func next(below bound: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
