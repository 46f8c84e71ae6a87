import MartletDevice

/// Threads that wait for something to become so.
///
/// The condition is looked at with interrupts masked, by the waiter before it blocks and again after
/// it was woken: a wake-up between the look and the block cannot be lost, and one that finds the
/// condition already gone again does no harm.
final class WaitQueue {
  fileprivate var threads = ThreadQueue()

  /// Blocks while `condition` holds, at most until `deadline`; false when that came first.
  @discardableResult
  func wait(until deadline: Instant? = nil, while condition: () -> Bool) -> Bool {
    withInterruptsMasked {
      while condition() {
        if let deadline, Clock.now >= deadline { return false }
        let thread = Scheduler.current
        threads.append(thread)
        thread.waitQueue = self
        Scheduler.block(until: deadline)
      }
      return true
    }
  }

  /// Wakes the thread that has waited longest.
  func wakeOne() {
    Scheduler.change {
      if let thread = threads.popFirst() { resume(thread) }
    }
  }

  /// Wakes them all.
  func wakeAll() {
    Scheduler.change {
      while let thread = threads.popFirst() { resume(thread) }
    }
  }

  /// Lets a thread go whose deadline came.
  func remove(_ thread: Thread) {
    threads.remove(thread)
    thread.waitQueue = nil
  }

  private func resume(_ thread: Thread) {
    thread.waitQueue = nil
    Scheduler.wake(thread)
  }
}
