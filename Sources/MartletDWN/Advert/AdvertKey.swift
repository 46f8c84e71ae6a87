public import MartletHTTP

/// The keys of an advert. The protocol's first hub reads `name` and `id` and leaves the others.
public enum AdvertKey: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// What kind of node it is; chooses the hub's driver.
  case name
  /// Which node it is.
  case id
  /// The version of the protocol: 1, or absent from a plain node.
  case version
  /// The firmware.
  case firmware
  /// How often the node has booted.
  case boots
  /// Seconds since then.
  case uptime
  /// The TCP port.
  case port
  /// The port of its web page.
  case webPort
  /// What it can do.
  case capabilities
  /// Whom it obeys.
  case authentication
  /// That it leaves.
  case leaving

  /// The key as it is written.
  public var word: Literal {
    switch self {
    case .name: "name"
    case .id: "id"
    case .version: "v"
    case .firmware: "fw"
    case .boots: "boot"
    case .uptime: "up"
    case .port: "port"
    case .webPort: "hp"
    case .capabilities: "cap"
    case .authentication: "auth"
    case .leaving: "bye"
    }
  }
}
