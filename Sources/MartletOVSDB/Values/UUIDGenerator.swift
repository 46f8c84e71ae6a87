/// Makes UUIDs of version 4 from a seed, so that tests repeat. A program gives it a seed from the
/// system's generator.
public struct UUIDGenerator: Sendable {
  private var states: (UInt64, UInt64)

  /// Begins a sequence; two seeds of 128 bits by chance never share one.
  public init(seed: (UInt64, UInt64)) { states = seed }

  /// A sequence of its own, by the system's generator.
  public init() {
    var random = SystemRandomNumberGenerator()
    states = (random.next(), random.next())
  }

  /// The next one.
  public mutating func next() -> DatabaseUUID {
    let high = Self.mix(&states.0)
    let low = Self.mix(&states.1)
    // Version 4, variant 1 (RFC 4122, section 4.4).
    return DatabaseUUID(
      high: high & ~0xF000 | 0x4000, low: low & ~(3 << 62) | 1 << 63)
  }

  /// SplitMix64: a permutation of a counter, so that no output comes twice.
  private static func mix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
