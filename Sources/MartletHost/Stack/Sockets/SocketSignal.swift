internal import MartletDevice
internal import MartletStack

/// The tasks that wait for one socket of a stack. The loop's thread alone.
final class SocketSignal: @unchecked Sendable {
  private var readers = WaiterList()
  private var writers = WaiterList()

  /// How many wait.
  var waitingCount: Int { readers.count + writers.count }

  /// Suspends until there may be something to take.
  func waitReadable() async throws(NetworkError) {
    let waiter = Waiter()
    readers.add(waiter)
    defer { readers.remove(waiter) }
    guard await waiter.wait() == .ready else { throw .cancelled }
  }

  /// As `waitReadable`; returns false when `deadline` has come before.
  func waitReadable(on loop: EventLoop, until deadline: Instant) async throws(NetworkError) -> Bool
  {
    let waiter = Waiter()
    readers.add(waiter)
    defer { readers.remove(waiter) }
    switch await waiter.wait(on: loop, until: deadline) {
    case .ready: return true
    case .expired: return false
    case .cancelled: throw .cancelled
    }
  }

  /// Suspends until there may be room to send, or the handshake is over.
  func waitWritable() async throws(NetworkError) {
    let waiter = Waiter()
    writers.add(waiter)
    defer { writers.remove(waiter) }
    guard await waiter.wait() == .ready else { throw .cancelled }
  }

  /// Resumes whom the news may concern.
  func tell(_ news: Readiness) {
    if !news.isDisjoint(with: [.readable, .peerClosed, .ended, .error]) { readers.resumeAll() }
    if !news.isDisjoint(with: [.writable, .connected, .ended, .error]) { writers.resumeAll() }
  }

  /// Resumes everybody.
  func tellAll() {
    readers.resumeAll()
    writers.resumeAll()
  }
}
