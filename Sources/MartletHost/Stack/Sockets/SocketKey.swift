internal import MartletStack

/// Names a socket of a stack, of whichever kind.
enum SocketKey: Hashable {
  case tcp(TCPHandle)
  case listener(ListenerHandle)
  case udp(UDPHandle)
  case echo(EchoHandle)

  /// Whose event it is, and what it says.
  static func taking(_ event: SocketEvent) -> (Self, Readiness) {
    switch event {
    case .tcp(let handle, let news): (.tcp(handle), news)
    case .listener(let handle, let news): (.listener(handle), news)
    case .udp(let handle, let news): (.udp(handle), news)
    case .echo(let handle, let news): (.echo(handle), news)
    }
  }
}
