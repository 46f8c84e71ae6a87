/// Something that happened to a frame on its way through the tables.
public enum TraceStep: Equatable, Sendable {
  /// A table was searched and had this flow; `nil` for none.
  case lookup(table: UInt8, flow: FlowSpecification?, depth: Int)
  /// An action was done.
  case action(Action, depth: Int)
  /// A group's bucket was chosen.
  case bucket(group: UInt32, index: Int)
  /// `normal` found the station, or floods.
  case normal(vlan: UInt16, port: PortNumber?)
  /// It leaves by a port.
  case sent(PortNumber)
  case sentToController(PacketInReason)
  /// It goes no further, at least on this way.
  case dropped(FlowDrop)
}
