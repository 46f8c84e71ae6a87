internal import MartletWire

/// A number of 128 bits that is used once: drawn by its owner for one handshake.
///
/// It need not be secret, but a node or a hub that repeats one can be made to accept an old session.
public struct Nonce: Equatable, Sendable, BitwiseCopyable {
  /// The first 64 bits.
  public let high: UInt64
  /// The last 64 bits.
  public let low: UInt64

  /// Takes 128 bits that never came before.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  static var byteCount: Int { 16 }

  /// Reads a nonce; the caller has checked that 16 bytes are there.
  init(_ bytes: RawSpan, at offset: Int) {
    high = bytes.load(UInt64.self, at: offset)
    low = bytes.load(UInt64.self, at: offset + 8)
  }
}
