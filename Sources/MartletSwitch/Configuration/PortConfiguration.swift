/// One port of a bridge.
public struct PortConfiguration: Equatable, Sendable {
  /// The highest number of a port: those above are reserved by OpenFlow 1.0.
  public static var numberLimit: UInt16 { 0xFEFF }

  /// What stands for the bridge's own port, as in OpenFlow 1.0.
  public static var localNumber: UInt16 { 0xFFFE }

  /// Its name, the only one in the switch.
  public var name: String
  /// Its number, the only one in its bridge.
  public var number: UInt16
  /// What carries its frames.
  public var kind: PortKind
  /// Which VLANs it carries.
  public var vlan = VLANConfiguration()

  /// Takes the three.
  public init(name: String, number: UInt16, kind: PortKind) {
    self.name = name
    self.number = number
    self.kind = kind
  }
}
