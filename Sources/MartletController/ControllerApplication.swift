public import MartletOpenFlow

/// What a controller decides. Each switch that connects has an application of its own, which begins anew when
/// the switch comes back.
///
/// All of its methods are called on the controller's thread; what they throw is written to the log.
public protocol ControllerApplication: Sendable {
  /// A switch has connected; its ports are known.
  mutating func begin(_ bridge: inout BridgeControl) throws(ControllerError)
  /// The switch asks what to do with a frame.
  mutating func receive(
    _ packet: ReceivedPacket, _ bridge: inout BridgeControl
  ) throws(ControllerError)
  /// A port has come, or is not what it was.
  mutating func portChanged(
    _ port: PortDescription, _ bridge: inout BridgeControl
  ) throws(ControllerError)
  /// A port has gone.
  mutating func portRemoved(
    _ port: PortDescription, _ bridge: inout BridgeControl
  ) throws(ControllerError)
}

extension ControllerApplication {
  /// Nothing is done with it: without a flow a switch drops it.
  public mutating func receive(
    _ packet: ReceivedPacket, _ bridge: inout BridgeControl
  ) throws(ControllerError) {}
  /// Nothing is done.
  public mutating func portChanged(
    _ port: PortDescription, _ bridge: inout BridgeControl
  ) throws(ControllerError) {}
  /// Nothing is done.
  public mutating func portRemoved(
    _ port: PortDescription, _ bridge: inout BridgeControl
  ) throws(ControllerError) {}
}
