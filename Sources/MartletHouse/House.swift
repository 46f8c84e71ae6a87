public import MartletWire

/// A virtual network and what is on it: what `martlet up` brings up.
public struct House: Equatable, Sendable {
  /// What it is called.
  public var name: String
  /// The segment that all nodes are on. Its own first address is the host's, when it joins.
  public var network: IPv4Prefix
  /// The nodes.
  public var nodes: [NodePlan]
  /// The way out, and who lends addresses and knows names; `nil` where there is none.
  public var gateway: GatewayPlan?
  /// The ports of localhost that lead into the network.
  public var forwards: [PortForward]

  /// Whether a hub of its own comes up with its devices.
  public var hasHub = true

  /// Takes all parts, which `HouseFile` would have checked.
  public init(
    name: String, network: IPv4Prefix, nodes: [NodePlan], gateway: GatewayPlan? = nil,
    forwards: [PortForward]
  ) {
    self.name = name
    self.network = network
    self.nodes = nodes
    self.gateway = gateway
    self.forwards = forwards
  }

  /// The house that comes up without a file: a web server, an echo node, the
  /// devices of a home, and a way out.
  public static var demonstration: House {
    House(
      name: "demonstration",
      network: IPv4Prefix(IPv4Address(10, 77, 0, 0), length: 24),
      nodes: [
        NodePlan(name: "web", kind: .web, address: IPv4Address(10, 77, 0, 10)),
        NodePlan(name: "echo", kind: .services, address: IPv4Address(10, 77, 0, 20)),
        NodePlan(name: "garden", kind: .irrigation, address: IPv4Address(10, 77, 0, 30)),
        NodePlan(name: "light", kind: .led, address: IPv4Address(10, 77, 0, 31)),
        NodePlan(name: "alarm", kind: .alarm, address: IPv4Address(10, 77, 0, 32)),
        NodePlan(name: "car", kind: .presence, address: IPv4Address(10, 77, 0, 33)),
      ],
      gateway: GatewayPlan(),
      forwards: [PortForward(localPort: nil, node: "web", port: 80)])
  }
}
