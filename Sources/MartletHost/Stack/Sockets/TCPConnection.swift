internal import MartletDevice
public import MartletStack
internal import MartletWire

/// A TCP connection of our own stack.
public actor TCPConnection: StreamConnection {
  /// This side's address and port: on an interface that accepts every destination, the one that the
  /// peer meant.
  public nonisolated let localEndpoint: Endpoint
  /// The peer's address and port.
  public nonisolated let remoteEndpoint: Endpoint
  private nonisolated let network: NetworkStack
  private let handle: TCPHandle
  private let signal: SocketSignal
  private var isClosed = false

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe network.loop.asUnownedSerialExecutor()
  }

  /// On the loop's thread: takes over a connection, which must be there.
  init(_ handle: TCPHandle, of network: NetworkStack) {
    let driver = network.driver
    let status = try? driver.stack.status(of: handle)
    localEndpoint = status?.local ?? Endpoint(.unspecified, port: 0)
    remoteEndpoint = status?.remote ?? Endpoint(.unspecified, port: 0)
    self.network = network
    self.handle = handle
    signal = driver.makeSignal(of: .tcp(handle))
  }

  // Not an isolated one: Swift 6.3 fails on it when it optimises a module that uses this one.
  deinit {
    guard !isClosed else { return }
    network.loop.perform { [driver = network.driver, handle] in driver.abort(handle) }
  }

  private nonisolated var driver: StackDriver { network.driver }

  /// Waits for the outcome of `connect`.
  func waitConnected() async throws(NetworkError) {
    while true {
      let status = try currentStatus()
      switch status.state {
      case .synSent, .synReceived: try await signal.waitWritable()
      case .closed: throw NetworkError(status.endReason, peer: remoteEndpoint)
      default: return
      }
    }
  }

  /// What is known of the connection now: queues, window, round-trip time.
  public func currentStatus() throws(NetworkError) -> TCPStatus {
    do throws(StackError) { return try driver.stack.status(of: handle) } catch {
      throw mapped(error)
    }
  }

  // MARK: Receiving

  /// Waits for bytes and shows up to `limit` of them where the stack has them.
  public func withReceived<Result: Sendable>(
    upTo limit: Int, _ body: @Sendable (RawSpan) -> Result
  ) async throws(NetworkError) -> Result {
    while true {
      var result: Result?
      let outcome = try receive { bytes in
        let shown = bytes.extracting(first: max(0, limit))
        result = body(shown)
        return shown.byteCount
      }
      if let result { return result }
      if outcome == .endOfStream { return body(RawSpan()) }
      try await signal.waitReadable()
    }
  }

  private func receive(_ body: (RawSpan) -> Int) throws(NetworkError) -> ReceiveResult {
    do throws(StackError) {
      return try driver.stack.withReceived(on: handle, now: driver.now, body)
    } catch {
      throw mapped(error)
    }
  }

  /// Waits for bytes and copies as many as there are and fit.
  public func read(into buffer: inout MutableRawSpan) async throws(NetworkError) -> Int {
    while true {
      let outcome: ReceiveResult
      do throws(StackError) {
        outcome = try driver.stack.receive(into: &buffer, on: handle, now: driver.now)
      } catch {
        throw mapped(error)
      }
      switch outcome {
      case .bytes(let count): return count
      case .endOfStream: return 0
      case .nothingYet: try await signal.waitReadable()
      }
    }
  }

  // MARK: Sending

  /// Sends all of `bytes`, copied once into the stack's own blocks.
  public func write(_ bytes: RawSpan) async throws(NetworkError) {
    var sent = 0
    while sent < bytes.byteCount {
      sent += try send(bytes.extracting(sent...))
      if sent < bytes.byteCount { try await signal.waitWritable() }
    }
  }

  private func send(_ bytes: RawSpan) throws(NetworkError) -> Int {
    do throws(StackError) {
      return try driver.stack.send(bytes, on: handle, now: driver.now)
    } catch {
      throw mapped(error)
    }
  }

  /// Says that nothing more will be written. Without effect the second time, or when the peer has
  /// gone.
  public func finish() throws(NetworkError) {
    do throws(StackError) {
      try driver.stack.shutdown(handle, now: driver.now)
    } catch {
      if error == .staleHandle { throw .closed }
    }
  }

  // MARK: End

  /// Ends both directions in order. Bytes that nobody has read make it a reset.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    driver.stack.close(handle, now: driver.now)
    driver.removeSignal(of: .tcp(handle))
  }

  /// Ends the connection at once.
  public func abort() {
    guard !isClosed else { return }
    isClosed = true
    driver.abort(handle)
  }

  private func mapped(_ error: StackError) -> NetworkError {
    isClosed ? .closed : NetworkError(error, local: localEndpoint, peer: remoteEndpoint)
  }
}
