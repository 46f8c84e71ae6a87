internal import Glibc
internal import MartletReadiness

/// A UDP socket of the host's kernel.
public actor KernelDatagramSocket: DatagramSocket {
  /// Where it is bound.
  public nonisolated let localEndpoint: Endpoint
  private nonisolated let loop: EventLoop
  private let socket: WatchedDescriptor
  /// Made at the first `withReceived`.
  private var buffer: HostBuffer?

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe loop.asUnownedSerialExecutor()
  }

  init(_ descriptor: consuming Descriptor, loop: EventLoop) {
    localEndpoint = KernelCalls.localEndpoint(of: descriptor.rawValue)
    self.loop = loop
    socket = WatchedDescriptor(descriptor, loop: loop)
  }

  // Not an isolated one: Swift 6.3 fails on it when it optimises a module that uses this one.
  deinit { loop.perform { [socket] in socket.close() } }

  /// Sends one datagram.
  public func send(_ bytes: RawSpan, to peer: Endpoint) async throws(NetworkError) {
    while true {
      let length = KernelCalls.send(bytes, to: peer, on: try socket.number())
      if length >= 0 { return }
      guard length == -Int(EAGAIN) else { throw NetworkError("sendto", length, peer) }
      try await socket.waitWritable()
    }
  }

  /// Waits for a datagram and shows it, with its sender.
  public func withReceived<Result: Sendable>(
    _ body: @Sendable (RawSpan, Endpoint) -> Result
  ) async throws(NetworkError) -> Result {
    while true {
      var buffer = buffer.take() ?? HostBuffer(byteCount: 65_536)
      let (length, sender) = buffer.receiveDatagram(from: try socket.number())
      if length >= 0 {
        let result = body(buffer.bytes(0..<length), sender)
        self.buffer = consume buffer
        return result
      }
      self.buffer = consume buffer
      guard length == -Int(EAGAIN) else { throw NetworkError("recvfrom", length, localEndpoint) }
      try await socket.waitReadable()
    }
  }

  /// The kernel's number for it.
  func rawNumber() throws(NetworkError) -> Int32 { try socket.number() }

  /// Closes the socket.
  public func close() { socket.close() }
}
