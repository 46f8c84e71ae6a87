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
  }

  /// The bridges in their order.
  public let bridges: [Bridge]

  /// Why flows were not restored, or are not kept; `nil` when all is well.
  public let flowProblem: String?

  init(_ engine: SwitchEngine, flowProblem: String?) {
    self.flowProblem = flowProblem
    bridges = engine.bridges.map { bridge in
      Bridge(
        configuration: bridge.configuration,
        ports: bridge.allPorts.map { port in
          Port(
            configuration: port.configuration, isLocal: port === bridge.local, error: port.error,
            maximumTransmissionUnit: port.link?.maximumTransmissionUnit ?? 0,
            counters: port.link?.report ?? PortCounters())
        })
    }
  }
}
