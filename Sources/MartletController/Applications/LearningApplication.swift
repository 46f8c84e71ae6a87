internal import MartletFlow
public import MartletOpenFlow
internal import MartletWire

/// A learning switch by flows: frames of two stations that are known go by a flow of their own, all others
/// are asked about.
public struct LearningApplication: ControllerApplication {
  /// Seconds without a frame after which a flow goes.
  public var idleTimeout: UInt16
  /// The stations that are kept of one switch; beyond, frames are still flooded.
  public var stationLimit = 65_536
  private var stations: [Place: PortNumber] = [:]

  private struct Place: Hashable {
    let address: MACAddress
    let vlan: UInt16
  }

  /// Knows nobody.
  public init(idleTimeout: UInt16 = 60) { self.idleTimeout = idleTimeout }

  /// Begins with a switch that knows nothing.
  public mutating func begin(_ bridge: inout BridgeControl) throws(ControllerError) {
    stations = [:]
    try bridge.deleteFlows()
    try bridge.addFlow(priority: 0, actions: [.askController])
  }

  /// Decides over a frame, and over those like it.
  public mutating func receive(
    _ packet: ReceivedPacket, _ bridge: inout BridgeControl
  ) throws(ControllerError) {
    // What bridges say to each other (IEEE 802.1D, 7.12.6) goes no further.
    guard packet.destination.rawValue & ~0xf != 0x0180_c200_0000 else { return }
    let vlan = UInt16(truncatingIfNeeded: packet.fields[.vlanID])
    if packet.source.isUnicast {
      let place = Place(address: packet.source, vlan: vlan)
      if let known = stations[place], known != packet.inPort {
        try forget(packet.source, &bridge)
      }
      if stations.count < stationLimit || stations[place] != nil { stations[place] = packet.inPort }
    }
    guard packet.destination.isUnicast,
      let port = stations[Place(address: packet.destination, vlan: vlan)]
    else { return try bridge.send(packet, to: .flood) }
    // It is there already.
    guard port != packet.inPort else { return }
    try bridge.addFlow(
      packet.match(.inPort, .vlanID, .ethernetSource, .ethernetDestination), priority: 10,
      idleTimeout: idleTimeout, actions: [.output(port, maxLength: 0)])
    try bridge.send(packet, to: port)
  }

  /// A station that has moved is not sent to where it was.
  private func forget(
    _ station: MACAddress, _ bridge: inout BridgeControl
  ) throws(ControllerError) {
    var filter = FlowFilter()
    filter.match.set(.ethernetDestination, UInt128(station.rawValue))
    try bridge.deleteFlows(filter)
  }

  /// Forgets who was there.
  public mutating func portRemoved(
    _ port: PortDescription, _ bridge: inout BridgeControl
  ) throws(ControllerError) {
    stations = stations.filter { $0.value != port.number }
    var filter = FlowFilter()
    filter.outPort = port.number
    try bridge.deleteFlows(filter)
  }

  /// A port that is down is as good as gone.
  public mutating func portChanged(
    _ port: PortDescription, _ bridge: inout BridgeControl
  ) throws(ControllerError) {
    if !port.isUp { try portRemoved(port, &bridge) }
  }
}
