public import MartletDevice

/// The sizes of a datapath's tables. All memory it may take follows from them.
public struct DatapathConfiguration: Sendable {
  /// How many tables, 1 to 254.
  public var tableCount = 254
  /// How many flows in all tables together.
  public var flowLimit = 1_000_000
  /// How many groups.
  public var groupLimit = 4096
  /// How many meters.
  public var meterLimit = 4096
  /// How many ports.
  public var portLimit = 4096
  /// How many stations `normal` remembers.
  public var stationLimit = 8192
  /// How long it remembers them.
  public var stationAge = Interval.seconds(300)
  /// Frames whose way is remembered exactly; a power of two is made of it.
  public var exactCacheSize = 8192
  /// Ways that are remembered by mask.
  public var cacheLimit = 200_000
  /// What a frame without a flow meets in a table.
  public var miss = Miss.drop
  /// The sizes and times of connection tracking.
  public var tracking = TrackingConfiguration()
  /// A secret of its hashes.
  public var seed: UInt64 = 0x6d61_7274_6c65_7431

  /// Sizes for a host that runs some virtual machines.
  public init() {}

  /// What becomes of a frame that no flow of a table is for.
  public enum Miss: Sendable {
    /// OpenFlow 1.3.
    case drop
    /// OpenFlow 1.0.
    case controller
  }
}
