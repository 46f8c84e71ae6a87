/// The role of a controller (OpenFlow 1.3, 6.3.4); the values are the protocol's.
public enum ControllerRole: UInt32, Sendable {
  /// It may do all, as others may.
  case equal = 1
  /// It may do all, and no other that has asked for a role may.
  case master = 2
  /// It may look, and hears of ports alone.
  case slave = 3

  /// The word that Open vSwitch has for it.
  public var name: String {
    switch self {
    case .equal: "other"
    case .master: "master"
    case .slave: "slave"
    }
  }
}
