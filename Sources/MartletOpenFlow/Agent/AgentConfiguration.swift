public import MartletDevice

/// What a switch says of itself, and how much its clients may ask of it.
public struct AgentConfiguration: Sendable {
  /// What controllers know the bridge by: usually its hardware address.
  public var datapathID: UInt64
  /// Who made it.
  public var manufacturer = "Martlet"
  /// What it runs on.
  public var hardware = "Martlet switch"
  /// Its version.
  public var software = "0"
  /// The name of the bridge.
  public var bridge: String
  /// Controllers that are silent for so long are probed, and dropped after as much again; zero never.
  public var probeInterval = Interval.seconds(5)
  /// How many connections there may be.
  public var connectionLimit = 64
  /// What a client may leave unread before no more of its requests are taken, in bytes.
  public var outputLimit = 1 << 20
  /// How long a client may read nothing of what waits for it.
  public var stallLimit = Interval.seconds(30)
  /// How many requests of a connection are taken in a round.
  public var roundBudget = 64
  /// How many messages a bundle may hold, and how many bundles a connection may have open.
  public var bundleLimit = (messages: 1_000_000, bundles: 8)

  /// A bridge by its number and name.
  public init(datapathID: UInt64, bridge: String) {
    self.datapathID = datapathID
    self.bridge = bridge
  }
}
