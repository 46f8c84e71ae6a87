public import MartletServices
public import MartletStack
public import MartletWire

/// What a gateway is: its place inside, what it tells the guests, where they may go.
public struct GatewayOptions: Sendable {
  /// A name that the gateway's name server knows beside those of leases.
  public struct Name: Equatable, Sendable {
    /// One label without dots.
    public var label: String
    /// Whose it is.
    public var address: IPv4Address

    /// Takes both.
    public init(_ label: String, _ address: IPv4Address) {
      self.label = label
      self.address = address
    }
  }

  /// The gateway's own address, with the length of the guests' network.
  public var inside: IPv4Prefix
  /// What is lent to guests; `nil` for no DHCP server.
  public var dhcp: DHCPv4ServerOptions?
  /// The domain of the guests' names.
  public var domain: DomainName?
  /// Names beside those of leases; `gateway` is one always.
  public var names: [Name] = []
  /// Whether names are answered at all.
  public var answersNames = true
  /// Whether guests reach the outside by the host's sockets; otherwise only DHCP, names and forwards
  /// work.
  public var reachesOutside = true
  /// Whether guests' conversations are carried by the host's sockets at all; without it their packets are
  /// the stack's to route, and only DHCP, names and forwards are the gateway's.
  public var carriesGuests = true
  /// Where guests may go.
  public var policy = OutsidePolicy()
  /// How much they may have.
  public var limits = GatewayLimits()
  /// Who is asked for other names; `nil` for whom the host asks: `nameServerFile`.
  public var nameServers: [Endpoint]?
  /// Where the host says whom it asks (resolv.conf(5)); read anew when it changes.
  public var nameServerFile = "/etc/resolv.conf"

  /// A gateway that lends all of its network and reaches everything outside.
  public init(inside: IPv4Prefix) {
    self.inside = inside
    dhcp = DHCPv4ServerOptions(server: inside)
  }
}
