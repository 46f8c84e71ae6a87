public import MartletStack
public import MartletWire

/// A port of this host that leads to a guest's.
public struct GatewayForward: Equatable, Sendable {
  /// What it carries.
  public enum Kind: String, CaseIterable, Sendable {
    /// TCP connections.
    case tcp
    /// UDP datagrams; each peer has a port of the gateway's to the guest.
    case udp
  }

  /// What it carries.
  public var kind: Kind
  /// Where the host listens; port 0 for any that is free.
  public var local: Endpoint
  /// The guest's end.
  public var guest: Endpoint

  /// Takes all parts. By default only the host itself reaches it.
  public init(
    _ kind: Kind = .tcp, local: Endpoint = Endpoint(.loopback, port: 0), to guest: Endpoint
  ) {
    self.kind = kind
    self.local = local
    self.guest = guest
  }
}
