/// The sizes and times of connection tracking.
public struct TrackingConfiguration: Sendable {
  /// How many connections, at most 1,000,000.
  public var capacity = 65_536
  /// How many of them may lie in one zone; `nil` for all.
  public var zoneLimit: Int?
  /// How many packets whose pieces are under way are remembered.
  public var fragmentCapacity = 512
  /// How long connections are remembered.
  public var timeouts = TrackingTimeouts()
  /// Whether TCP's windows are not checked.
  public var isLiberal = false
  /// Whether a TCP connection that began before the tracker did is taken up in its middle.
  public var picksUpConnections = true
  /// A secret of 128 bits: the hash and the choice of ports follow from it. Without one that nobody knows
  /// a stranger can aim at one bucket.
  public var secret: (UInt64, UInt64) = (0x6d61_7274_6c65_7431, 0x636f_6e6e_7472_6163)

  /// Sizes for a host that runs some virtual machines.
  public init() {}
}
