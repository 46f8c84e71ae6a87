public import MartletDevice
public import MartletWire

/// What a DHCP server lends, and what it tells its clients.
public struct DHCPv4ServerOptions: Sendable {
  /// An address that one card always gets.
  public struct FixedLease: Equatable, Sendable {
    /// The card.
    public var linkAddress: MACAddress
    /// Its address, in the server's network; the pool may hold it, and lends it to nobody else.
    public var address: IPv4Address
    /// Its name: one label in lower case; empty for none.
    public var name: [UInt8]

    /// Takes all parts.
    public init(linkAddress: MACAddress, address: IPv4Address, name: [UInt8] = []) {
      self.linkAddress = linkAddress
      self.address = address
      self.name = name
    }
  }

  /// The server's own address, with the length of the network that it lends from.
  public var server: IPv4Prefix
  /// The first address that is lent to whoever asks.
  public var poolStart: IPv4Address
  /// The last; below the first for none, so that only fixed leases are given.
  public var poolEnd: IPv4Address
  /// The addresses that certain cards get.
  public var fixedLeases: [FixedLease] = []
  /// The addresses in the pool that are nobody's to lend, as others have them.
  public var reserved: [IPv4Address] = []
  /// The way out; `nil` when there is none.
  public var router: IPv4Address?
  /// The name servers, the preferred first; at most 8 are told.
  public var nameServers: [IPv4Address] = []
  /// The domain to complete names with; empty for none.
  public var domain: [UInt8] = []
  /// The longest IP packet of the link in bytes; told to who asks for it.
  public var maximumTransmissionUnit: UInt16?
  /// How long an address is lent for, at least a minute.
  public var leaseTime = Interval.seconds(3600)
  /// The clients that are remembered at once.
  public var leaseLimit = 256

  /// A server that lends all of its network but its own address, and names itself as the way out and
  /// as the name server.
  public init(server: IPv4Prefix) {
    self.server = server
    let end = server.broadcast ?? server.network
    poolStart = IPv4Address(rawValue: server.network.rawValue &+ 1)
    poolEnd = IPv4Address(rawValue: end.rawValue &- 1)
    router = server.address
    nameServers = [server.address]
  }
}
