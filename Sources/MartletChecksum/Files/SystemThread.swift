// This file says `unsafe`: the system starts a thread with a pointer.

internal import Glibc

/// A thread of the system.
///
/// Dispatch has threads to lend, but its manager opens descriptors while they work, and ends the
/// process where none are left.
struct SystemThread {
  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }

  private let thread: pthread_t

  /// Starts a thread; `nil` if the system has none left.
  init?(_ body: @escaping @Sendable () -> Void) {
    let work = unsafe Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, nil,
      { work in
        guard let work = unsafe work else { return nil }
        unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    guard result == 0 else {
      unsafe work.release()
      return nil
    }
    self.thread = thread
  }

  /// Returns when the thread has ended. Call it once.
  func join() { pthread_join(thread, nil) }

  /// Runs `body` on up to `count` threads, this one among them, and returns when all have.
  static func run(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    let others = (1..<max(1, count)).compactMap { _ in SystemThread(body) }
    body()
    others.forEach { $0.join() }
  }
}
