// Says `unsafe` where the kernel is handed a counter of this module's own.

internal import CMartletHost
internal import CMartletShim
internal import Glibc
public import MartletDevice
public import MartletReadiness
internal import Synchronization

/// What one thread sleeps by and others wake it with: rung once, it wakes one wait.
public final class Bell: Sendable {
  private let descriptor: Descriptor
  private let isRung = Atomic<Bool>(false)

  /// How a wait ended.
  public enum Outcome: Sendable {
    /// Somebody rang.
    case rung
    /// The time was over.
    case timedOut
    /// A signal's handler ran, and the call that waits is not to be taken up again.
    case interrupted
  }

  /// Makes a silent bell.
  ///
  /// Throws `SystemError` when the process has no descriptor left.
  public init() throws(SystemError) {
    descriptor = try Descriptor("eventfd", eventfd(0, Int32(EFD_CLOEXEC)))
  }

  /// What is readable while it is rung.
  public var readinessDescriptor: Int32 { descriptor.rawValue }

  /// Wakes the one that waits, or that will. From any thread.
  public func ring() {
    guard !isRung.exchange(true, ordering: .acquiringAndReleasing) else { return }
    var one: UInt64 = 1
    _ = unsafe write(descriptor.rawValue, &one, 8)
  }

  /// Takes a ring that nobody waited for.
  ///
  /// Only once nobody rings any more, or before the state that rings tell of is looked at again.
  public func silence() {
    guard isRung.load(ordering: .acquiring) else { return }
    _ = take()
  }

  /// Waits for a ring for as long as `timeout` says; `nil` for ever.
  ///
  /// Without a time-out the wait is one read, so that the kernel takes it up again after a signal
  /// whose handler was installed so (`SA_RESTART`), as it does with a socket's.
  public func wait(timeout: Interval?) -> Outcome {
    guard let timeout else { return take() ? .rung : .interrupted }
    var entry = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
    let count = unsafe martlet_wait_any(&entry, 1, max(0, timeout.microseconds))
    guard count >= 0 else { return .interrupted }
    guard count > 0 else { return .timedOut }
    return take() ? .rung : .interrupted
  }

  private func take() -> Bool {
    var count: UInt64 = 0
    let length = unsafe read(descriptor.rawValue, &count, 8)
    guard length == 8 else { return false }
    isRung.store(false, ordering: .sequentiallyConsistent)
    return true
  }
}
