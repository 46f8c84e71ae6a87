internal import Glibc
internal import MartletReadiness

/// What takes TCP connections of the host's kernel.
public actor KernelListener: StreamListener {
  /// Where it listens.
  public nonisolated let localEndpoint: Endpoint
  private nonisolated let loop: EventLoop
  private let socket: WatchedDescriptor

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

  /// Waits for a connection and takes it.
  public func accept() async throws(NetworkError) -> KernelConnection {
    while true {
      let (number, peer) = KernelCalls.accept(try socket.number())
      if number >= 0 {
        return KernelConnection(
          Descriptor(Int32(truncatingIfNeeded: number)), peer: peer, loop: loop)
      }
      switch Int32(truncatingIfNeeded: -number) {
      case EAGAIN: try await socket.waitReadable()
      // The peer has gone before it was taken.
      case ECONNABORTED, EPROTO: continue
      default: throw NetworkError("accept", number, localEndpoint)
      }
    }
  }

  /// Stops listening.
  public func close() { socket.close() }
}
