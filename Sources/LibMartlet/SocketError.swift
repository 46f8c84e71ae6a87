internal import Glibc
internal import MartletStack

/// An `errno`.
struct SocketError: Error, Equatable {
  let code: Int32

  init(_ code: Int32) { self.code = code }

  /// What Linux says where the stack refuses so.
  init(_ error: StackError) {
    code =
      switch error {
      case .tableFull: ENOBUFS
      case .staleHandle: EBADF
      case .noSuchInterface: ENODEV
      case .badAddress: ENETUNREACH
      case .addressNotLocal: EADDRNOTAVAIL
      case .addressInUse: EADDRINUSE
      case .gatewayUnreachable, .noRoute: ENETUNREACH
      case .broadcastNotAllowed: EACCES
      case .portInUse(let port): port == 0 ? EADDRNOTAVAIL : EADDRINUSE
      case .badState: EINVAL
      case .messageTooLong: EMSGSIZE
      case .wouldBlock: EAGAIN
      case .connectionEnded(let reason): reason.code
      case .badSize: EINVAL
      }
  }
}

extension EndReason {
  /// What Linux says of a connection, or of datagrams, that ended so; 0 for an orderly end.
  var code: Int32 {
    switch self {
    case .closed: 0
    case .refused, .portUnreachable: ECONNREFUSED
    case .reset: ECONNRESET
    case .aborted: ECONNABORTED
    case .timedOut: ETIMEDOUT
    case .hostUnreachable, .prohibited: EHOSTUNREACH
    case .networkUnreachable: ENETUNREACH
    case .protocolUnreachable: ENOPROTOOPT
    case .interfaceGone: ENETDOWN
    }
  }
}

extension SocketError {
  static var tryAgain: Self { Self(EAGAIN) }
  static var interrupted: Self { Self(EINTR) }
  static var networkDown: Self { Self(ENETDOWN) }
  static var noDescriptor: Self { Self(EMFILE) }
}
