public import MartletStack
public import MartletWire

/// What a DHCP client's owner should know.
public enum DHCPv4News: Equatable, Sendable {
  /// The address of the lease is in use.
  case bound(DHCPv4Lease)
  /// The lease goes on, perhaps with other routes and name servers.
  case renewed(DHCPv4Lease)
  /// The address is not in use any more; the client begins again.
  case lost(DHCPv4Loss)
}

/// Why an address was given up, or not taken.
public enum DHCPv4Loss: Equatable, Sendable {
  /// A server said that it is not, or no longer, this host's.
  case refused
  /// Nobody extended the lease.
  case expired
  /// Another host has the address; the server was told.
  case conflict(IPv4Address, by: MACAddress)
  /// The stack did not take it.
  case unusable(StackError)
}
