import MartletDevice

/// An operation that has begun and not ended.
struct PendingOperation: ~Copyable {
  let slot: Int
  let operation: SocketOperation
  let deadline: Instant?
  let isNonBlocking: Bool
  var buffer: SocketBuffer?
  /// The bytes of the buffer that are sent.
  var progress = 0
  /// The operation behind it in its socket's queue.
  var next: OperationReference?

  init(_ command: consuming SocketCommand) {
    slot = command.slot
    operation = command.operation
    deadline = command.deadline
    isNonBlocking = command.isNonBlocking
    buffer = command.buffer.take()
  }

  mutating func takeBuffer() -> SocketBuffer? { buffer.take() }
}
