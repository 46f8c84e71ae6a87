internal import MartletDevice
internal import MartletFlow
internal import MartletFlowText
internal import MartletHouse
internal import MartletReadiness
internal import MartletWire

// What is asked of flows and stations, in the words of `ovs-ofctl`.

extension SwitchService {
  /// The flows of a bridge.
  ///
  /// Throws `SwitchError` for a bridge that is not there or a filter that is none.
  public func flows(of name: String, filter text: String = "") throws(SwitchError) -> [FlowStatus] {
    let bridge = try bridge(named: name)
    let words = flowText(of: bridge)
    let filter = try read { () throws(FlowTextError) in try words.filter(text) }
    let now = MonotonicClock.now
    var flows: [FlowStatus] = []
    bridge.datapath.forEachFlow(filter) { flow in
      flows.append(FlowStatus(flow, words, now: now))
    }
    return flows
  }

  /// Adds flows to a bridge, all or, when one is not right, none; they are on the disk on return.
  public func addFlows(_ texts: [String], to name: String) throws(SwitchError) {
    let bridge = try bridge(named: name)
    let words = flowText(of: bridge)
    var flows: [FlowSpecification] = []
    for text in texts {
      flows.append(try read { () throws(FlowTextError) in try words.flow(text) })
    }
    for flow in flows {
      do throws(FlowError) {
        try bridge.datapath.add(flow, now: MonotonicClock.now)
      } catch {
        throw .invalid("\(words.format(flow)): \(error.explanation)")
      }
    }
    try saveFlows()
  }

  /// Deletes the flows that a filter includes, or with `strict` the one of this match and priority;
  /// returns how many there were.
  @discardableResult
  public func deleteFlows(
    _ text: String, of name: String, strict: Bool = false
  ) throws(SwitchError) -> Int {
    let bridge = try bridge(named: name)
    let words = flowText(of: bridge)
    let filter = try read { () throws(FlowTextError) in try words.filter(text, strict: strict) }
    let count = bridge.datapath.delete(filter, now: MonotonicClock.now)
    try saveFlows()
    return count
  }

  /// What would become of a frame, step by step: a frame as hexadecimal digits, or as a match that
  /// one is made of. `text` may begin with `in_port=`.
  ///
  /// With `digits`, a frame as hexadecimal digits, `text` says only where that comes in.
  public func trace(
    _ text: String, frame digits: String? = nil, in name: String
  ) throws(SwitchError) -> TraceReport {
    let bridge = try bridge(named: name)
    let words = flowText(of: bridge)
    var port = PortNumber.none
    var tunnel = TunnelMetadata()
    let frame: [UInt8]
    if digits == nil, let bytes = FrameComposer.bytes(ofHexadecimal: text) {
      frame = bytes
      port = bridge.allPorts.first?.number ?? .none
    } else {
      let match = try read { () throws(FlowTextError) in try words.match(text) }
      if let number = match[.inPort]?.value { port = PortNumber(UInt32(number)) }
      tunnel.id = UInt64(truncatingIfNeeded: match[.tunnelID]?.value ?? 0)
      tunnel.source = UInt32(truncatingIfNeeded: match[.tunnelSource]?.value ?? 0)
      tunnel.destination = UInt32(truncatingIfNeeded: match[.tunnelDestination]?.value ?? 0)
      if let digits {
        guard let bytes = FrameComposer.bytes(ofHexadecimal: digits) else {
          throw .invalid("'\(digits.prefix(40))': expected a frame as hexadecimal digits")
        }
        frame = bytes
      } else {
        frame = FrameComposer.frame(of: match)
      }
    }
    guard bridge.port(port) != nil else {
      let known = bridge.allPorts.map { "\($0.number.rawValue) (\($0.name))" }
      throw .invalid("in_port: expected one of \(known.joined(separator: ", "))")
    }
    let now = MonotonicClock.now
    guard
      let trace = frame.withRawSpan({ bytes in
        bridge.datapath.trace(bytes, from: port, tunnel: tunnel, now: now)
      })
    else { throw .invalid("this is no Ethernet frame: shorter than 14 bytes") }
    return TraceReport(trace.steps, trace.mask, trace.key, words, bridge)
  }

  /// Forgets the stations that a bridge has learned.
  public func forgetStations(of name: String) throws(SwitchError) {
    try bridge(named: name).datapath.forgetStations()
  }

  /// The stations that a bridge has learned.
  public func stations(of name: String) throws(SwitchError) -> [Station] {
    let bridge = try bridge(named: name)
    let now = MonotonicClock.now
    var stations: [Station] = []
    bridge.datapath.stations.forEach(now: now) { station in
      stations.append(
        Station(
          address: station.address.description, vlan: station.vlan,
          port: bridge.port(station.port)?.name ?? "\(station.port.rawValue)",
          number: UInt16(truncatingIfNeeded: station.port.rawValue),
          age: Int((now - station.seenAt).microseconds / 1_000_000)))
    }
    return stations.sorted { ($0.vlan, $0.address) < ($1.vlan, $1.address) }
  }

  /// A station that a bridge has learned.
  public struct Station: Sendable {
    /// Its Ethernet address.
    public let address: String
    /// Its VLAN; 0 without.
    public let vlan: UInt16
    /// The port's name.
    public let port: String
    /// The port's number.
    public let number: UInt16
    /// Seconds since it last sent.
    public let age: Int
  }

  // MARK: Inside

  func bridge(named name: String) throws(SwitchError) -> SwitchBridge {
    _ = try configuration.bridge(named: name)
    guard let bridge = engine.bridges.first(where: { $0.name == name }) else {
      throw .unknown("bridge '\(name)' does not run")
    }
    return bridge
  }

  private func flowText(of bridge: SwitchBridge) -> FlowText {
    var names = PortNames()
    for port in bridge.allPorts { names.add(port.name, port.number) }
    return FlowText(ports: names)
  }

  private func read<Value>(
    _ body: () throws(FlowTextError) -> Value
  ) throws(SwitchError) -> Value {
    do throws(FlowTextError) {
      return try body()
    } catch {
      throw .invalid(error.description)
    }
  }
}

extension FlowError {
  /// What is wrong, for people.
  var explanation: String {
    switch self {
    case .badTable: "there is no such table"
    case .tableFull: "there is no room for more flows"
    case .overlap: "a flow of the same priority could match the same frame"
    case .badOutPort: "an action names a port that cannot be"
    case .badGroup, .unknownGroup: "there is no such group"
    case .badMeter, .unknownMeter: "there is no such meter"
    case .badSetField(let field): "\(field) cannot be set to that"
    case .tooManyActions: "there are too many actions, or lists too deep in each other"
    case .unsupportedOrder:
      "meter, what is applied, clear_actions, write_actions, write_metadata "
        + "and goto_table must stand in this order"
    case .badGoto: "goto_table leads back, or nowhere"
    case .unsupportedAction: "the switch does not have this action"
    default: "\(self)"
    }
  }
}
