internal import MartletWire

/// One line of the routing table.
struct RouteEntry: Equatable, BitwiseCopyable {
  /// The destinations that it is for.
  var prefix = IPv4Prefix(.unspecified, length: 0)
  /// The router to hand packets to; unspecified for a network that is attached.
  var gateway = IPv4Address.unspecified
  /// The interface to leave by.
  var interface = 0

  /// Whether the destination itself is the next hop.
  var isOnLink: Bool { gateway.isUnspecified }
}
