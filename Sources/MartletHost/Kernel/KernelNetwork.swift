internal import CMartletHost
internal import Glibc
internal import MartletReadiness

/// The sockets of the host's own kernel, on an event loop: the same programs, another stack.
public struct KernelNetwork: Network {
  /// Where the sockets live.
  public let loop: EventLoop

  /// Makes sockets on `loop`.
  public init(loop: EventLoop) { self.loop = loop }

  /// Opens a TCP connection.
  public func connect(to peer: Endpoint) async throws(NetworkError) -> KernelConnection {
    let socket = try Self.socket(.stream, peer)
    let number = socket.rawValue
    let result = KernelCalls.connect(number, to: peer)
    guard result == 0 || result == -Int(EINPROGRESS) else {
      throw NetworkError("connect", result, peer)
    }
    let connection = KernelConnection(socket, peer: peer, loop: loop)
    if result != 0 { try await connection.waitConnected() }
    return connection
  }

  /// Listens for TCP connections.
  public func listen(
    on local: Endpoint, backlog: Int
  ) async throws(NetworkError) -> KernelListener {
    let socket = try Self.socket(.stream, local)
    KernelCalls.setOption(SO_REUSEADDR, on: socket.rawValue)
    try Self.check("bind", KernelCalls.bind(socket.rawValue, to: local), local)
    try Self.check("listen", KernelCalls.listen(socket.rawValue, backlog: backlog), local)
    return KernelListener(socket, loop: loop)
  }

  /// Opens a UDP socket.
  public func bind(to local: Endpoint) async throws(NetworkError) -> KernelDatagramSocket {
    let socket = try Self.socket(.datagram, local)
    KernelCalls.setOption(SO_BROADCAST, on: socket.rawValue)
    try Self.check("bind", KernelCalls.bind(socket.rawValue, to: local), local)
    return KernelDatagramSocket(socket, loop: loop)
  }

  private static func socket(
    _ kind: KernelCalls.Kind, _ endpoint: Endpoint
  ) throws(NetworkError) -> Descriptor {
    let number = KernelCalls.socket(kind)
    try check("socket", number, endpoint)
    return Descriptor(Int32(truncatingIfNeeded: number))
  }

  private static func check(
    _ call: String, _ result: Int, _ endpoint: Endpoint
  ) throws(NetworkError) {
    guard result >= 0 else { throw NetworkError(call, result, endpoint) }
  }
}
