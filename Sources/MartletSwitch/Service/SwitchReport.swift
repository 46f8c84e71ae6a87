internal import MartletFlow
internal import MartletOpenFlow
internal import MartletTargets

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
    /// How the gateway does that it is; `nil` for other ports.
    public let gateway: GatewayStatus?
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
    /// The frames that its first table was asked about, and for how many it had a flow.
    public let lookups: (total: UInt64, matched: UInt64)
    /// Its controllers.
    public let controllers: [Controller]
    /// Whether it forwards by itself because no controller answers; its flows are set aside meanwhile.
    public let isAlone: Bool
  }

  /// A controller of a bridge.
  public struct Controller: Sendable {
    /// Where it is, or comes in, as it was said.
    public let target: String
    /// The versions of OpenFlow that its connections speak; none when it is not connected.
    public let versions: [String]
    /// `master`, `slave` or `other`; `nil` when it is not connected.
    public let role: String?
    /// Why it is not connected, as far as is known.
    public let problem: String?
    /// What whoever runs the switch should know of the target.
    public let warning: String?
  }

  /// The bridges in their order.
  public let bridges: [Bridge]

  /// The frames that went round in circles between bridges.
  public let loopedFrames: UInt64
  /// The frames between bridges that found no room.
  public let lostBetweenBridges: UInt64

  /// Why flows were not restored, or are not kept; `nil` when all is well.
  public let flowProblem: String?

  init(
    _ engine: SwitchEngine, _ doors: OpenFlowDoors?, gateways: [String: GatewayStatus],
    flowProblem: String?
  ) {
    self.flowProblem = flowProblem
    loopedFrames = engine.loopedFrames
    lostBetweenBridges = engine.lostBetweenBridges
    bridges = engine.bridges.map { bridge in
      let table = bridge.datapath.tableStatistics(0)
      return Bridge(
        configuration: bridge.configuration,
        ports: bridge.allPorts.map { port in
          Port(
            configuration: port.configuration, isLocal: port === bridge.local, error: port.error,
            block: bridge.block(of: port),
            gateway: gateways[port.name],
            maximumTransmissionUnit: port.link?.maximumTransmissionUnit ?? 0,
            counters: port.link?.report ?? PortCounters())
        },
        drops: Self.drops(of: bridge), lookups: (table.lookups, table.matches),
        controllers: doors?.controllers(of: bridge).map { Controller($0, of: bridge.configuration) }
          ?? [],
        isAlone: doors?.flowsSetAside(of: bridge) != nil)
    }
  }

  private static func drops(of bridge: SwitchBridge) -> [(reason: String, count: UInt64)] {
    FlowDrop.allCases.map { ("\($0)", bridge.datapath.dropped($0)) }
      + TrackingDrop.allCases.map { ("connection.\($0)", bridge.datapath.tracker.dropped($0)) }
  }
}

extension SwitchReport.Controller {
  /// What OpenFlow knows of it.
  init(_ status: ControllerStatus, of bridge: BridgeConfiguration) {
    // In the words it was said in: they may leave the port out.
    target =
      bridge.controllers.first { (try? BridgeConfiguration.controller($0)) == status.target }
      ?? status.target.description
    versions = status.connections.map { $0.version == .v10 ? "1.0" : "1.3" }
    role = status.connections.isEmpty ? nil : status.role.name
    problem = status.problem
    warning = status.target.warning?.description
  }
}
