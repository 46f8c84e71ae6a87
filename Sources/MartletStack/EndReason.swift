/// Why a connection, an attempt to connect or a datagram's way ended.
public enum EndReason: UInt8, Sendable, BitwiseCopyable {
  /// Both sides closed in order.
  case closed
  /// The peer refused the connection.
  case refused
  /// The peer reset the connection.
  case reset
  /// This side aborted.
  case aborted
  /// The peer did not answer in time.
  case timedOut
  /// A router, or the neighbour's silence, said that the host cannot be reached.
  case hostUnreachable
  /// A router said that the network cannot be reached.
  case networkUnreachable
  /// The peer's host said that nobody listens at the port.
  case portUnreachable
  /// The peer's host said that it does not speak the protocol.
  case protocolUnreachable
  /// A filter on the way refuses it.
  case prohibited
  /// The interface that it used was removed.
  case interfaceGone
}
