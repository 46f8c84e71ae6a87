/// The 32 bytes that one node and its hub share.
///
/// The hub draws them when it is paired with the node; they never cross the network afterwards.
public struct PairingKey: Sendable {
  /// The number of bytes: 32.
  public static var byteCount: Int { 32 }

  let bytes: [UInt8]

  /// Takes 32 secret bytes; `nil` for another number.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }
}
