/// The 32 bytes that one node and its hub share.
///
/// Both derive them from the code that the node shows when they are paired (``PairingCode``), or are
/// given them at their making; they never cross the network.
public struct PairingKey: Sendable {
  /// The number of bytes: 32.
  public static var byteCount: Int { 32 }

  /// The secret itself, for who keeps it without power.
  public let bytes: [UInt8]

  /// Takes 32 secret bytes; `nil` for another number.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Takes a digest, which has as many bytes.
  init(digest bytes: [UInt8]) { self.bytes = bytes }
}
