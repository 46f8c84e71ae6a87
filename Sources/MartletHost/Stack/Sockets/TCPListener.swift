internal import MartletDevice
public import MartletStack

/// What takes TCP connections of our own stack.
public actor TCPListener: StreamListener {
  /// Where it listens; port 0 for every port of interfaces that accept every destination.
  public nonisolated let localEndpoint: Endpoint
  private nonisolated let network: NetworkStack
  private let handle: ListenerHandle
  private let signal: SocketSignal
  private var isClosed = false

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe network.loop.asUnownedSerialExecutor()
  }

  /// On the loop's thread: takes over a listener.
  init(_ handle: ListenerHandle, on local: Endpoint, of network: NetworkStack) {
    localEndpoint = local
    self.network = network
    self.handle = handle
    signal = network.driver.makeSignal(of: .listener(handle))
  }

  // Not an isolated one: Swift 6.3 fails on it when it optimises a module that uses this one.
  deinit {
    guard !isClosed else { return }
    network.loop.perform { [driver = network.driver, handle] in driver.close(handle) }
  }

  private nonisolated var driver: StackDriver { network.driver }

  /// Waits for a connection and takes it.
  public func accept() async throws(NetworkError) -> TCPConnection {
    while true {
      let accepted: TCPHandle?
      do throws(StackError) { accepted = try driver.stack.accept(on: handle) } catch {
        throw mapped(error)
      }
      if let accepted { return TCPConnection(accepted, of: network) }
      try await signal.waitReadable()
    }
  }

  /// Waits for a peer that wants to connect, and that `answer` is to be told about; only of a
  /// listener whose options say `asksFirst`.
  ///
  /// The peer waits meanwhile, for as long as a handshake may last. Each request is given once, so
  /// that many may be under way.
  public func nextRequest() async throws(NetworkError) -> ConnectionRequest {
    while true {
      let request: ConnectionRequest?
      do throws(StackError) { request = try driver.stack.nextRequest(on: handle) } catch {
        throw mapped(error)
      }
      if let request { return request }
      try await signal.waitReadable()
    }
  }

  /// Lets a peer connect, whom `accept` then gives, or refuses it. Whoever has gone meanwhile is left
  /// alone.
  public func answer(_ request: ConnectionRequest, accepting: Bool) {
    driver.stack.answer(request, accepting: accepting, now: driver.now)
  }

  /// Stops listening.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    driver.close(handle)
  }

  private func mapped(_ error: StackError) -> NetworkError {
    isClosed ? .closed : NetworkError(error, local: localEndpoint, peer: localEndpoint)
  }
}
