// Says `unsafe`: the system's lock lies in memory of its own, at an address that never changes.

internal import Glibc

/// A lock that one thread holds at a time. Not recursive.
///
/// The system's own and not `Mutex`: what it guards is changed through `inout` by closures that give
/// back more than `Sendable` values, and the thread sanitizer knows it.
@safe
public final class Lock: Sendable {
  private nonisolated(unsafe) let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// Makes a lock that nobody holds.
  public init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    _ = unsafe pthread_mutex_init(mutex, nil)
  }

  deinit {
    _ = unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  /// Waits until nobody holds it, and holds it.
  public func lock() { _ = unsafe pthread_mutex_lock(mutex) }

  /// Lets go of it.
  public func unlock() { _ = unsafe pthread_mutex_unlock(mutex) }

  /// Holds it during `body`.
  @inlinable
  public func hold<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock()
    defer { unlock() }
    return try body()
  }
}
