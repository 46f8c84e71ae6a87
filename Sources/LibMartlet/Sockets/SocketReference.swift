internal import MartletDevice
internal import MartletReadiness
internal import MartletSharing
internal import Synchronization

/// What a socket's number names. When the last number and the last call that uses it are gone, the
/// socket is closed.
final class SocketReference: Sendable {
  let owner: SharedOwner<StackCore>
  /// The socket's number at its core.
  let key: Int
  /// O_NONBLOCK.
  let isNonBlocking: Atomic<Bool>
  /// SO_RCVTIMEO in microseconds; 0 for ever.
  let receiveTimeout = Atomic<Int64>(0)
  /// SO_SNDTIMEO in microseconds; 0 for ever.
  let sendTimeout = Atomic<Int64>(0)
  /// How many numbers name it.
  let numberCount = Atomic<Int>(1)

  init(_ owner: SharedOwner<StackCore>, key: Int, isNonBlocking: Bool) {
    self.owner = owner
    self.key = key
    self.isNonBlocking = Atomic(isNonBlocking)
  }

  deinit {
    _ = owner.with { core, now in core.close(key, now: now) }
  }

  /// Whether a call on this socket must not wait.
  func isImmediate(_ flag: Bool) -> Bool { flag || isNonBlocking.load(ordering: .relaxed) }

  /// How long a call with such a time-out may wait.
  static func patience(_ timeout: borrowing Atomic<Int64>) -> Patience {
    let microseconds = timeout.load(ordering: .relaxed)
    guard microseconds > 0 else { return .unlimited }
    return .until(MonotonicClock.now + .microseconds(microseconds))
  }

  /// Does something to the socket at once.
  func perform<Result>(
    _ body: (inout StackCore, Socket, Instant) throws(SocketError) -> Result
  ) throws(SocketError) -> Result {
    let outcome = owner.with { core, now in core.attempt(key, now: now, body) }
    guard let outcome else { throw SocketError.networkDown }
    return try outcome.get()
  }

  /// Does something to the socket, again at every news of it until it has a result.
  ///
  /// Throws `EAGAIN` when `patience` is over, `EINTR`, and what `body` throws.
  func wait<Result>(
    _ patience: Patience,
    _ body: (inout StackCore, Socket, Instant) throws(SocketError) -> Result?
  ) throws(SocketError) -> Result {
    let attempt = owner.attempt(key, patience: patience) {
      core, now -> Swift.Result<Result, SocketError>? in
      switch core.attempt(key, now: now, body) {
      case .success(let result): result.map { .success($0) }
      case .failure(let error): .failure(error)
      }
    }
    switch attempt {
    case .done(let result): return try result.get()
    case .notYet: throw SocketError.tryAgain
    case .interrupted: throw SocketError.interrupted
    case .ended: throw SocketError.networkDown
    case .noDescriptor: throw SocketError.noDescriptor
    }
  }
}
