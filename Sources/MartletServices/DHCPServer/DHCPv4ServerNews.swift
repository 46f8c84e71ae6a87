/// What a DHCP server has to say.
public enum DHCPv4ServerNews: Equatable, Sendable {
  /// An address was lent, or its time extended.
  case bound(DHCPv4ServerLease)
  /// A lease was given back, ran out, or was declined by its client.
  case ended(DHCPv4ServerLease)
}
