public import MartletWire

/// A question that a name server has handed to its owner.
public struct DNSForward: Equatable, Sendable {
  /// Names the question until it is answered, or has waited too long.
  public struct ID: Equatable, Hashable, Sendable, BitwiseCopyable {
    let index: Int
    let generation: UInt32
  }

  /// By which it is answered.
  public let id: ID
  /// The message as it came; its identifier is the client's, which another server need not see.
  public let message: [UInt8]
  /// Who asks.
  public let client: IPv4Address
  /// Whether it came by TCP, so that a long answer has room.
  public let isStream: Bool
}
