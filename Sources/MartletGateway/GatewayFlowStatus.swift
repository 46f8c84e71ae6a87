public import MartletStack

/// What is known of one conversation that a gateway carries.
public struct GatewayFlowStatus: Equatable, Sendable {
  /// How it is carried.
  public enum Kind: String, Sendable {
    /// A TCP connection.
    case tcp
    /// A UDP conversation.
    case udp
    /// Pings; ports are 0.
    case echo
  }

  /// How it is carried.
  public var kind: Kind
  /// The guest.
  public var guest: Endpoint
  /// Where it goes.
  public var destination: Endpoint
  /// Whether it is made; a connection that is being made is not.
  public var isOpen: Bool
  /// Payload from the guest, in bytes.
  public var outOctets: UInt64
  /// Payload to the guest, in bytes.
  public var inOctets: UInt64
}
