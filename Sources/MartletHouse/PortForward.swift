public import MartletWire

/// A port of this machine that leads to a node's port.
public struct PortForward: Equatable, Sendable {
  /// What a forward carries.
  public enum Transport: String, CaseIterable, Sendable {
    /// TCP connections.
    case tcp
    /// UDP datagrams, which only a house with a gateway forwards.
    case udp
  }

  /// What it carries.
  public var carries = Transport.tcp
  /// The address of this machine that it listens at.
  public var localAddress = IPv4Address.loopback
  /// The port; `nil` for 8080 or the next free one, by UDP for the node's.
  public var localPort: UInt16?
  /// The node's name.
  public var node: String
  /// The node's port.
  public var port: UInt16

  /// Takes all parts.
  public init(localPort: UInt16?, node: String, port: UInt16) {
    self.localPort = localPort
    self.node = node
    self.port = port
  }
}
