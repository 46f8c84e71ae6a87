public import MartletFlow
internal import MartletFlowText
public import MartletOpenFlow

/// A switch in the hands of a controller's application: what it is, and what it is told.
///
/// What is said is sent in its order when the application's method returns.
public struct BridgeControl: Sendable {
  /// The number that the switch is known by.
  public let datapathID: UInt64
  /// Its ports by number.
  public internal(set) var ports: [PortDescription]
  /// The version that is spoken.
  public var version: OpenFlowVersion { codec.version }
  let codec: ControllerCodec
  var output: [UInt8] = []

  init(datapathID: UInt64, ports: [PortDescription], codec: ControllerCodec) {
    self.datapathID = datapathID
    self.ports = ports.sorted { $0.number < $1.number }
    self.codec = codec
  }

  /// A port by its name.
  public func port(named name: String) -> PortDescription? { ports.first { $0.name == name } }

  // MARK: Flows

  /// Adds a flow; one with the same match and priority is replaced.
  ///
  /// - Throws: `unsayable` when the version spoken has no words for it.
  public mutating func add(_ flow: FlowSpecification) throws(ControllerError) {
    guard let bytes = codec.add(flow) else {
      throw .unsayable(FlowText().format(flow), version: versionName)
    }
    output += bytes
  }

  /// Adds a flow of its parts.
  public mutating func addFlow(
    _ match: FlowMatch = FlowMatch(), priority: UInt16, idleTimeout: UInt16 = 0,
    actions: [Action]
  ) throws(ControllerError) {
    var flow = FlowSpecification()
    flow.match = match
    flow.priority = priority
    flow.idleTimeout = idleTimeout
    flow.actions = actions
    try add(flow)
  }

  /// Adds a flow in the words of `ovs-ofctl`, in which ports may have their names.
  public mutating func addFlow(_ text: String) throws(ControllerError) {
    var names = PortNames()
    for port in ports { names.add(port.name, port.number) }
    let flow: FlowSpecification
    do throws(FlowTextError) {
      flow = try FlowText(ports: names).flow(text)
    } catch {
      throw .badFlow(text, reason: error.description)
    }
    try add(flow)
  }

  /// Deletes flows: all, or those that a filter includes.
  public mutating func deleteFlows(_ filter: FlowFilter = FlowFilter()) throws(ControllerError) {
    guard let bytes = codec.delete(filter) else {
      throw .unsayable(FlowText().format(filter.match), version: versionName)
    }
    output += bytes
  }

  // MARK: Frames

  /// Sends a frame through actions; `port` is the one that `flood` and others leave out.
  public mutating func send(
    _ frame: [UInt8], from port: PortNumber = .none, actions: [Action]
  ) throws(ControllerError) {
    guard let bytes = codec.packetOut(frame, from: port, actions) else { throw .tooLong }
    output += bytes
  }

  /// Sends a frame that was asked about out of a port.
  public mutating func send(
    _ packet: ReceivedPacket, to port: PortNumber
  ) throws(ControllerError) {
    try send(packet.frame, from: packet.inPort, actions: [.output(port, maxLength: 0)])
  }

  private var versionName: String { version == .v10 ? "1.0" : "1.3" }
}

extension Action {
  /// Asks the controller about the whole frame.
  public static var askController: Action {
    .controller(maxLength: 0, id: 0, reason: .action)
  }
}
