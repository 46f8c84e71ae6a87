public import MartletWire

/// One node of a house.
public struct NodePlan: Equatable, Sendable {
  /// What a node does.
  public enum Kind: String, CaseIterable, Sendable {
    /// A web server on port 80 beside the small services.
    case web
    /// The small services: echo, discard, daytime, chargen.
    case services
    /// The small services and an irrigation controller with four valves, found by DWN.
    case irrigation
    /// The small services and a strip of light, found by DWN.
    case led
    /// The small services and two alarm inputs, found by DWN.
    case alarm
    /// The small services and a beacon that says that somebody is here, found by DWN.
    case presence
  }

  /// Its name, unique in the house: letters, digits and hyphens.
  public var name: String
  /// What it does.
  public var kind: Kind
  /// Its address in the house's network.
  public var address: IPv4Address

  /// Whether it obeys anybody on its network: a device without a key.
  public var isOpen = false

  /// Takes all parts.
  public init(name: String, kind: Kind, address: IPv4Address, isOpen: Bool = false) {
    self.name = name
    self.kind = kind
    self.address = address
    self.isOpen = isOpen
  }
}
