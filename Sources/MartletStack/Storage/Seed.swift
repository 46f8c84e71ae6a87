/// 128 bits of entropy from the platform, from which a stack's generator and keys start.
///
/// There is no default: a stack without entropy has guessable sequence numbers (RFC 6528).
public struct Seed: Equatable, Sendable, BitwiseCopyable {
  /// The first 64 bits.
  public var high: UInt64
  /// The last 64 bits.
  public var low: UInt64

  /// Takes 128 bits that nobody else can know.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}
