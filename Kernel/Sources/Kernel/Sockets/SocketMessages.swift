import MartletDevice

/// An operation on its way from a thread to the softIRQ.
struct SocketCommand: ~Copyable, Sendable {
  /// The thread's own number for it, 0 up to `SocketContext.depth - 1`, free again when it is
  /// completed.
  let slot: Int
  let operation: SocketOperation
  var buffer: SocketBuffer?
  /// When it is given up.
  let deadline: Instant?
  /// Whether it fails rather than waits.
  let isNonBlocking: Bool
}

/// What became of an operation, on its way back, with its buffer.
struct SocketCompletion: ~Copyable, Sendable {
  let slot: Int
  let result: Result<SocketResult, SocketError>
  var buffer: SocketBuffer?
}
