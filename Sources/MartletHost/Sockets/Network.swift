/// What makes sockets: our own stack (`NetworkStack`) or the host's kernel (`KernelNetwork`).
///
/// A program written against this protocol moves between both.
public protocol Network: Sendable {
  /// Its TCP connections.
  associatedtype Connection: StreamConnection
  /// What takes them.
  associatedtype Listener: StreamListener where Listener.Connection == Connection
  /// Its UDP sockets.
  associatedtype Datagrams: DatagramSocket

  /// Opens a TCP connection, and returns when the peer has accepted it.
  func connect(to peer: Endpoint) async throws(NetworkError) -> Connection

  /// Listens for TCP connections; up to `backlog` wait for `accept`.
  func listen(on local: Endpoint, backlog: Int) async throws(NetworkError) -> Listener

  /// Opens a UDP socket.
  func bind(to local: Endpoint) async throws(NetworkError) -> Datagrams
}

extension Network {
  /// Opens a connection for the time of `body`, and closes it however that ends; when it throws,
  /// the connection is aborted.
  public func withConnection<Result: Sendable>(
    to peer: Endpoint, _ body: (Connection) async throws -> Result
  ) async throws -> Result {
    let connection = try await connect(to: peer)
    do {
      let result = try await body(connection)
      await connection.close()
      return result
    } catch {
      await connection.abort()
      throw error
    }
  }

  /// Listens with room for 128 connections that wait.
  public func listen(on local: Endpoint) async throws(NetworkError) -> Listener {
    try await listen(on: local, backlog: 128)
  }
}
