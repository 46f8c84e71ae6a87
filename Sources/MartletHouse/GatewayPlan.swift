public import MartletWire

/// The way out of a house, and who lends addresses and knows names in it.
public struct GatewayPlan: Equatable, Sendable {
  /// An address that one card always gets.
  public struct Lease: Equatable, Sendable {
    /// The card.
    public var linkAddress: MACAddress
    /// Its address.
    public var address: IPv4Address
    /// Its name; `nil` for the one it gives itself.
    public var name: String?

    /// Takes all parts.
    public init(linkAddress: MACAddress, address: IPv4Address, name: String?) {
      self.linkAddress = linkAddress
      self.address = address
      self.name = name
    }
  }

  /// What guests may reach beside the outside.
  public enum Allowance: String, CaseIterable, Sendable {
    /// The host's 127.0.0.1, under the gateway's address.
    case loopback
    /// The host's other addresses.
    case host
    /// 169.254.0.0/16.
    case linkLocal = "link-local"
  }

  /// Its address; `nil` for the network's last that no node has.
  public var address: IPv4Address?
  /// The domain of the house's names.
  public var domain = "internal"
  /// Whether addresses are lent.
  public var lendsAddresses = true
  /// The addresses that are lent to whoever asks; `nil` for all that no node has.
  public var pool: ClosedRange<UInt32>?
  /// The addresses that certain cards get.
  public var leases: [Lease] = []
  /// Whether the outside can be reached.
  public var reachesOutside = true
  /// What may be reached beside it.
  public var allowances: [Allowance] = []
  /// Networks outside that may not be reached.
  public var refused: [IPv4Prefix] = []
  /// Who is asked for names outside; empty for whom the host asks.
  public var nameServers: [IPv4Address] = []

  /// A gateway that does all it can.
  public init() {}
}
