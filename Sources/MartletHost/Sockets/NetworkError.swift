public import MartletReadiness
public import MartletStack
internal import MartletWire

/// Why a socket operation failed: what, on what, and what to do.
public enum NetworkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The task was cancelled; nothing is left behind.
  case cancelled
  /// The socket was closed on this side.
  case closed
  /// Nobody listens there, or the peer does not want the connection.
  case refused(Endpoint)
  /// The peer broke the connection off.
  case reset(Endpoint)
  /// The peer stopped answering, or never did.
  case timedOut(Endpoint)
  /// The host cannot be reached: it, a router on the way or a filter says so, or its neighbours get
  /// no answer from it.
  case unreachable(Endpoint)
  /// No route leads there.
  case noRoute(Endpoint)
  /// Another socket has the address and port, or every port of the dynamic range is taken.
  case addressInUse(Endpoint)
  /// The address is none of this host's.
  case addressNotLocal(Endpoint)
  /// The datagram is longer than can be sent; the limit is in bytes.
  case messageTooLong(limit: Int)
  /// The network stack has no room for more; the text names the table.
  case tooMany(String)
  /// The operation does not fit the socket's state.
  case badState
  /// The name has no address, or is none.
  case nameNotFound(String)
  /// The name server does not answer, or cannot say.
  case nameServerFailed(String)
  /// Our own stack refuses it.
  case stack(StackError)
  /// The host's kernel failed in another way.
  case system(SystemError)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .cancelled: "cancelled"
    case .closed: "the socket is closed"
    case .refused(let peer):
      "\(Self.name(peer)) refused the connection; check that a server listens there"
    case .reset(let peer): "\(Self.name(peer)) reset the connection"
    case .timedOut(let peer): "\(Self.name(peer)) does not answer"
    case .unreachable(let peer): "\(Self.name(peer)) cannot be reached"
    case .noRoute(let peer): "no route leads to \(Self.name(peer)); add one, or a gateway"
    case .addressInUse(let local):
      "\(Self.name(local)) is in use; end its user or choose another port"
    case .addressNotLocal(let local): "\(Self.name(local)) is not an address of this host"
    case .messageTooLong(let limit): "the datagram is longer than \(limit) bytes"
    case .tooMany(let table): "too many \(table); close some or raise the limit"
    case .badState: "the operation does not fit the socket's state"
    case .nameNotFound(let name): "\(name) has no address"
    case .nameServerFailed(let name): "no name server could resolve \(name)"
    case .stack(let error): error.description
    case .system(let error): error.description
    }
  }

  /// Without its port where there is none, as for a ping.
  private static func name(_ endpoint: Endpoint) -> String {
    endpoint.port == 0 ? endpoint.address.description : endpoint.description
  }
}
