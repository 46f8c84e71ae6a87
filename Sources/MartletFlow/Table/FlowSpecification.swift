/// A flow as it is asked for: where it lies, what it matches, what it does.
public struct FlowSpecification: Equatable, Sendable {
  /// The table, from 0.
  public var table: UInt8 = 0
  /// The higher wins.
  public var priority: UInt16 = 32768
  /// The frames that it is for.
  public var match = FlowMatch()
  /// What its maker wants to know it by.
  public var cookie: UInt64 = 0
  /// Seconds without a frame after which it goes; 0 never.
  public var idleTimeout: UInt16 = 0
  /// Seconds after which it goes; 0 never.
  public var hardTimeout: UInt16 = 0
  /// How dear it is (OpenFlow 1.4); kept for who reads it.
  public var importance: UInt16 = 0
  /// What was asked for besides.
  public var flags = Flags()
  /// What is done with a frame.
  public var actions: [Action] = []

  /// A flow for every frame that drops it.
  public init() {}

  /// What a flow-mod asks for besides (OpenFlow 1.3, 7.3.4.1); the values are the protocol's.
  public struct Flags: OptionSet, Sendable, BitwiseCopyable {
    /// The protocol's bits.
    public let rawValue: UInt16
    /// A flow for every frame that drops it.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Tells the controllers when it goes.
    public static var sendFlowRemoved: Self { Self(rawValue: 1) }
    /// Is refused where a flow of the same priority could match the same frame.
    public static var checkOverlap: Self { Self(rawValue: 2) }
    /// Counts from zero when it replaces another.
    public static var resetCounts: Self { Self(rawValue: 4) }
    /// Need not count frames.
    public static var noPacketCounts: Self { Self(rawValue: 8) }
    /// Need not count bytes.
    public static var noByteCounts: Self { Self(rawValue: 16) }
  }
}
