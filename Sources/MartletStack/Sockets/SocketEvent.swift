/// What has changed at one socket since its owner last heard of it.
public enum SocketEvent: Equatable, Sendable, BitwiseCopyable {
  /// A connection.
  case tcp(TCPHandle, Readiness)
  /// A listener: a connection waits for `accept`, or a request for its answer.
  case listener(ListenerHandle, Readiness)
  /// A UDP socket.
  case udp(UDPHandle, Readiness)
  /// An echo socket.
  case echo(EchoHandle, Readiness)
}
