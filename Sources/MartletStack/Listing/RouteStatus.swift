public import MartletWire

/// One line of a stack's routing table.
public struct RouteStatus: Sendable, BitwiseCopyable {
  /// The destinations it is for.
  public let destination: IPv4Prefix
  /// The router; `nil` where the destination itself is the next hop.
  public let gateway: IPv4Address?
  /// The interface to leave by.
  public let interface: InterfaceID
}
