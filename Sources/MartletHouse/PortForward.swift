/// A port of this machine's localhost that leads to a node's port.
public struct PortForward: Equatable, Sendable {
  /// The port on 127.0.0.1; `nil` for 8080 or the next free one.
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
