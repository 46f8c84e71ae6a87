internal import MartletWire

/// How a gateway does.
public struct GatewayStatus: Sendable {
  /// An address that is lent.
  public struct Lease: Sendable {
    /// The address.
    public let address: String
    /// The card that has it.
    public let linkAddress: String
    /// What it calls itself; empty for nothing.
    public let name: String
  }

  /// Why it does not lead outside; `nil` when it does.
  public internal(set) var problem: String?
  /// Its address outside; `nil` without.
  public internal(set) var outside: String?
  /// What whoever runs it must do; `nil` for nothing.
  public internal(set) var advice: String?
  /// The conversations that cross it.
  public internal(set) var conversations = 0
  /// The addresses that it lends.
  public internal(set) var leases: [Lease] = []

  init() {}

  init(_ options: GatewayPortOptions, outside: IPv4Address) {
    guard options.mode != .sockets else { return }
    guard !outside.isUnspecified else {
      problem = "no address yet outside: no DHCP server has answered"
      return
    }
    self.outside = outside.description
    guard options.mode == .routed else { return }
    let network = IPv4Prefix(options.address.network, length: options.address.length)
    advice = "the outside needs a route back: ip route add \(network) via \(outside)"
  }
}
