/// How a UDP socket sends and how much it keeps.
public struct UDPOptions: Equatable, Sendable, BitwiseCopyable {
  /// The time to live of datagrams to one host; `nil` for the stack's own.
  public var timeToLive: UInt8?
  /// The time to live of datagrams to a group: 1 stays on the link (RFC 1112, section 6.1).
  public var multicastTimeToLive: UInt8 = 1
  /// Whether what is sent to a group comes back to this host's own members of it.
  public var multicastLoop = true
  /// The interface that datagrams to groups and to 255.255.255.255 leave by; `nil` for the stack's
  /// choice.
  public var multicastInterface: InterfaceID?
  /// Whether datagrams may be sent to broadcast addresses.
  public var broadcast = false
  /// Whether datagrams forbid fragments: above the path's MTU they are refused (RFC 1191).
  public var dontFragment = false
  /// The type-of-service octet: differentiated services, and ECN in its low two bits.
  public var typeOfService: UInt8 = 0
  /// The bytes of blocks that unread datagrams may hold.
  public var receiveByteLimit = 256 * 1024

  /// The defaults.
  public init() {}
}
