internal import MartletHost
internal import MartletHouse
internal import MartletWire

// What the commands do to a configuration.

extension SwitchConfiguration {
  /// Adds a bridge with an identity of its own.
  public mutating func addBridge(named name: String) throws(SwitchError) {
    let address = MACAddress.randomLocal()
    // As Open vSwitch: the Ethernet address is the identity's lower part.
    let bridge = BridgeConfiguration(
      name: name, datapathID: address.rawValue, linkAddress: address)
    if let problem = problem(with: bridge) { throw .invalid(problem) }
    bridges.append(bridge)
  }

  /// Removes a bridge with its ports.
  public mutating func removeBridge(named name: String) throws(SwitchError) {
    _ = try bridge(named: name)
    self[bridge: name] = nil
  }

  /// Adds a port; number `nil` is the lowest that is free.
  ///
  /// Returns its number.
  @discardableResult
  public mutating func addPort(
    named name: String, to bridgeName: String, kind: PortKind, number: UInt16? = nil,
    vlan: VLANConfiguration = VLANConfiguration()
  ) throws(SwitchError) -> UInt16 {
    var bridge = try bridge(named: bridgeName)
    if let problem = problem(withName: name) { throw .invalid(problem) }
    guard let number = number ?? bridge.freeNumber else {
      throw .invalid("bridge '\(bridgeName)' has as many ports as there are numbers")
    }
    var port = PortConfiguration(name: name, number: number, kind: kind)
    port.vlan = vlan
    if let problem = bridge.problem(with: port) { throw .invalid(problem) }
    bridge.ports.append(port)
    self[bridge: bridgeName] = bridge
    return number
  }

  /// Removes a port, whichever bridge has it.
  public mutating func removePort(named name: String) throws(SwitchError) {
    guard var bridge = bridge(ofPort: name) else {
      let known = bridges.flatMap { $0.ports.map(\.name) }
      throw .unknown(NearestName.unknown("port", name, known))
    }
    bridge[port: name] = nil
    self[bridge: bridge.name] = bridge
  }

  /// The bridge of that name.
  public func bridge(named name: String) throws(SwitchError) -> BridgeConfiguration {
    guard let bridge = self[bridge: name] else {
      guard !bridges.isEmpty else {
        throw .unknown("there is no bridge yet; add one: martlet switch add-br \(name)")
      }
      throw .unknown(NearestName.unknown("bridge", name, bridges.map(\.name)))
    }
    return bridge
  }
}
