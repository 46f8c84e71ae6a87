internal import MartletFlow

/// The state of a switch at one moment.
public struct SwitchReport: Sendable {
  /// One port.
  public struct Port: Sendable {
    /// What it is to be.
    public let configuration: PortConfiguration
    /// Whether it is the bridge's own.
    public let isLocal: Bool
    /// Why it does not work; `nil` when it does.
    public let error: String?
    /// Why it carries nothing though it works: the loop that was found; `nil` when there is none.
    public let block: String?
    /// The longest IP packet that fits, in bytes.
    public let maximumTransmissionUnit: Int
    /// What it has moved.
    public let counters: PortCounters
  }

  /// One bridge.
  public struct Bridge: Sendable {
    /// What it is to be.
    public let configuration: BridgeConfiguration
    /// Its ports by number, its own last.
    public let ports: [Port]
    /// The frames that went nowhere, by reason.
    public let drops: [(reason: String, count: UInt64)]
  }

  /// The bridges in their order.
  public let bridges: [Bridge]

  /// The frames that went round in circles between bridges.
  public let loopedFrames: UInt64
  /// The frames between bridges that found no room.
  public let lostBetweenBridges: UInt64

  /// Why flows were not restored, or are not kept; `nil` when all is well.
  public let flowProblem: String?

  init(_ engine: SwitchEngine, flowProblem: String?) {
    self.flowProblem = flowProblem
    loopedFrames = engine.loopedFrames
    lostBetweenBridges = engine.lostBetweenBridges
    bridges = engine.bridges.map { bridge in
      Bridge(
        configuration: bridge.configuration,
        ports: bridge.allPorts.map { port in
          Port(
            configuration: port.configuration, isLocal: port === bridge.local, error: port.error,
            block: bridge.block(of: port),
            maximumTransmissionUnit: port.link?.maximumTransmissionUnit ?? 0,
            counters: port.link?.report ?? PortCounters())
        },
        drops: Self.drops(of: bridge))
    }
  }

  private static func drops(of bridge: SwitchBridge) -> [(reason: String, count: UInt64)] {
    FlowDrop.allCases.map { ("\($0)", bridge.datapath.dropped($0)) }
      + TrackingDrop.allCases.map { ("connection.\($0)", bridge.datapath.tracker.dropped($0)) }
  }
}
