internal import Glibc
internal import MartletReadiness

/// A TCP connection of the host's kernel.
public actor KernelConnection: StreamConnection {
  /// This side's address and port.
  public nonisolated let localEndpoint: Endpoint
  /// The peer's address and port.
  public nonisolated let remoteEndpoint: Endpoint
  private nonisolated let loop: EventLoop
  private let socket: WatchedDescriptor
  /// Whether nothing more may be written.
  private var hasFinished = false
  /// Made at the first `withReceived`.
  private var buffer: HostBuffer?

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe loop.asUnownedSerialExecutor()
  }

  init(_ descriptor: consuming Descriptor, peer: Endpoint, loop: EventLoop) {
    KernelCalls.setOption(TCP_NODELAY, level: Int32(IPPROTO_TCP), on: descriptor.rawValue)
    localEndpoint = KernelCalls.localEndpoint(of: descriptor.rawValue)
    remoteEndpoint = peer
    self.loop = loop
    socket = WatchedDescriptor(descriptor, loop: loop)
  }

  // Not an isolated one: Swift 6.3 fails on it when it optimises a module that uses this one.
  deinit { loop.perform { [socket] in socket.breakOff() } }

  /// Waits for the outcome of a `connect` under way.
  func waitConnected() async throws(NetworkError) {
    try await socket.waitWritable()
    let code = KernelCalls.pendingError(of: try socket.number())
    guard code == 0 else { throw NetworkError("connect", -Int(code), remoteEndpoint) }
  }

  /// Waits for bytes and shows up to `limit` of them.
  public func withReceived<Result: Sendable>(
    upTo limit: Int, _ body: @Sendable (RawSpan) -> Result
  ) async throws(NetworkError) -> Result {
    while true {
      var buffer = buffer.take() ?? HostBuffer(byteCount: 65_536)
      let length = buffer.receive(upTo: limit, from: try socket.number())
      if length >= 0 {
        let result = body(buffer.bytes(0..<length))
        self.buffer = consume buffer
        return result
      }
      self.buffer = consume buffer
      try await waitReadable(after: length)
    }
  }

  /// Waits for bytes and copies as many as there are and fit.
  public func read(into buffer: inout MutableRawSpan) async throws(NetworkError) -> Int {
    while true {
      let length = KernelCalls.receive(into: &buffer, from: try socket.number())
      if length >= 0 { return length }
      try await waitReadable(after: length)
    }
  }

  private func waitReadable(after result: Int) async throws(NetworkError) {
    guard result == -Int(EAGAIN) else { throw NetworkError("recv", result, remoteEndpoint) }
    try await socket.waitReadable()
  }

  /// Sends all of `bytes`.
  public func write(_ bytes: RawSpan) async throws(NetworkError) {
    var sent = 0
    while sent < bytes.byteCount {
      let number = try socket.number()
      // The kernel would say that the pipe is broken, as if the peer had done it.
      guard !hasFinished else { throw .badState }
      let length = KernelCalls.send(bytes.extracting(sent...), on: number)
      if length >= 0 {
        sent += length
      } else if length == -Int(EAGAIN) {
        try await socket.waitWritable()
      } else {
        throw NetworkError("send", length, remoteEndpoint)
      }
    }
  }

  /// Says that nothing more will be written.
  public func finish() throws(NetworkError) {
    let number = try socket.number()
    hasFinished = true
    guard shutdown(number, Int32(SHUT_WR)) == 0 || errno == ENOTCONN else {
      throw NetworkError("shutdown", -Int(errno), remoteEndpoint)
    }
  }

  /// Ends both directions in order.
  public func close() { socket.close() }

  /// Ends the connection at once.
  public func abort() { socket.breakOff() }
}
