/// What a connection is for.
public enum ConnectionKind: Sendable {
  /// Somebody's tool at the bridge's own socket: it is sent nothing it did not ask for.
  case service
  /// A controller: it is told of packets, ports and flows, and probed while it is silent.
  case controller
}
