internal import MartletDevice
public import MartletStack
internal import MartletWire

extension NetworkStack {
  /// The options of connections that are opened or taken without any: small segments go at once,
  /// for what is written is whole messages.
  public static var connectionOptions: ConnectionOptions {
    var options = ConnectionOptions()
    options.noDelay = true
    return options
  }

  // MARK: TCP

  /// Opens a TCP connection.
  public func connect(to peer: Endpoint) async throws(NetworkError) -> TCPConnection {
    try await connect(to: peer, from: nil)
  }

  /// Opens a TCP connection from a certain address, or address and port, of this stack.
  ///
  /// When the task is cancelled, or the peer does not want to, nothing is left behind.
  public func connect(
    to peer: Endpoint, from local: Endpoint?,
    options: ConnectionOptions = NetworkStack.connectionOptions
  ) async throws(NetworkError) -> TCPConnection {
    let handle: TCPHandle
    do throws(StackError) {
      handle = try driver.stack.connect(
        to: peer, from: local, options: options, now: driver.now)
    } catch {
      throw NetworkError(error, local: local ?? Endpoint(.unspecified, port: 0), peer: peer)
    }
    let connection = TCPConnection(handle, of: self)
    do throws(NetworkError) {
      try await connection.waitConnected()
    } catch {
      await connection.abort()
      throw error
    }
    return connection
  }

  /// Listens for TCP connections; up to `backlog` wait for `accept`.
  public func listen(
    on local: Endpoint, backlog: Int
  ) async throws(NetworkError) -> TCPListener {
    var options = ListenerOptions()
    options.backlog = backlog
    options.connection = Self.connectionOptions
    return try listen(on: local, options: options)
  }

  /// Listens for TCP connections; port 0 chooses a free one.
  public func listen(
    on local: Endpoint, options: ListenerOptions
  ) throws(NetworkError) -> TCPListener {
    guard local.port == 0 else { return try open(local, options) }
    let first: UInt16 = 49_152
    let count: UInt16 = 16_384
    let start = UInt16.random(in: 0..<count)
    for step in 0..<count {
      let chosen = Endpoint(local.address, port: first + (start + step) % count)
      do throws(NetworkError) { return try open(chosen, options) } catch {
        guard error == .addressInUse(chosen) else { throw error }
      }
    }
    throw .addressInUse(local)
  }

  /// Takes the TCP connections to any address and port that come by interfaces which accept every
  /// destination and that no other listener wants: what a packet tunnel hands to a relay.
  ///
  /// A connection's `localEndpoint` is where its peer wanted to go. With `options.asksFirst` the
  /// relay is asked (`TCPListener.nextRequest`) before the peer gets its answer.
  public func listenToAll(options: ListenerOptions) throws(NetworkError) -> TCPListener {
    try open(Endpoint(.unspecified, port: 0), options)
  }

  private func open(
    _ local: Endpoint, _ options: ListenerOptions
  ) throws(NetworkError) -> TCPListener {
    do throws(StackError) {
      return TCPListener(try driver.stack.listen(on: local, options: options), on: local, of: self)
    } catch {
      throw NetworkError(error, local: local, peer: local)
    }
  }

  // MARK: UDP

  /// Opens a UDP socket, which may send to broadcast addresses; port 0 chooses a free one.
  public func bind(to local: Endpoint) async throws(NetworkError) -> UDPSocket {
    try bind(to: local, on: nil)
  }

  /// Opens a UDP socket for what comes by one interface.
  public func bind(
    to local: Endpoint, on interface: InterfaceID?
  ) throws(NetworkError) -> UDPSocket {
    do throws(StackError) {
      let handle = try driver.stack.openUDP(on: local, interface: interface)
      var options = try driver.stack.options(of: handle)
      options.broadcast = true
      try driver.stack.setOptions(options, of: handle)
      return UDPSocket(handle, of: self)
    } catch {
      throw NetworkError(error, local: local, peer: local)
    }
  }

  /// Opens the socket for every datagram that comes by an interface which accepts every destination
  /// and that no other socket wants. `UDPSocket.withReceivedDatagram` says where each was sent to.
  public func bindToAll(on interface: InterfaceID) throws(NetworkError) -> UDPSocket {
    do throws(StackError) {
      return UDPSocket(try driver.stack.openUDP(acceptingAllOn: interface), of: self)
    } catch {
      let everything = Endpoint(.unspecified, port: 0)
      throw NetworkError(error, local: everything, peer: everything)
    }
  }
}
