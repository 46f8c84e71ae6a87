internal import MartletDigest
internal import MartletHTTP

/// Draws nonces from 32 bytes of a platform's entropy, mixed with how often the node has booted: a
/// platform whose entropy repeats does not repeat its nonces.
public struct NonceGenerator: Sendable {
  private let entropy: [UInt8]
  private let boots: UInt32
  private var count: UInt64 = 0

  /// Starts from entropy that nobody else knows.
  public init(entropy: [UInt8], boots: UInt32) {
    self.entropy = entropy
    self.boots = boots
  }

  /// The next nonce.
  public mutating func next() -> Nonce {
    count &+= 1
    var output = OutputBuffer(capacity: 32)
    output.append("DWN1 nonce")
    output.append(bigEndian: UInt64(boots))
    output.append(bigEndian: count)
    let digest = HMACKey(data: entropy).authenticationCode(for: output.bytes)
    return Nonce(digest.bytes, at: 0)
  }

  /// A number below `bound`, which is above 0: for jitter.
  public mutating func number(below bound: UInt64) -> UInt64 {
    next().low.multipliedFullWidth(by: bound).high
  }
}
