/// Where a frame goes.
public enum FlowOutput: Sendable {
  /// Out of a port.
  case port(PortNumber, TunnelMetadata)
  /// To the controllers.
  case controller(PacketIn)
}

/// What the controllers are told of a frame (OpenFlow 1.3, 7.4.1).
public struct PacketIn: Sendable {
  /// Why they are told.
  public var reason: PacketInReason
  /// The table of the flow that sent it.
  public var table: UInt8
  /// The cookie of that flow; all ones without.
  public var cookie: UInt64
  /// The bytes that are wanted; 0 is all.
  public var maxLength: UInt16
  /// Which controllers; 0 is those that did not choose a number.
  public var controllerID: UInt16
  /// The port, registers and metadata at that time; fields of the frame itself are not in it.
  public var metadata: FlowKey
}
