/// The tasks that wait for the same event, in order.
struct WaiterList {
  private var waiters: [Waiter] = []

  /// Whether a task waits.
  var isEmpty: Bool { waiters.isEmpty }

  /// Adds a wait. Those that have ended, by cancellation, are forgotten.
  mutating func add(_ waiter: Waiter) {
    waiters.removeAll { $0.isDone }
    waiters.append(waiter)
  }

  /// Ends all waits: each looks for itself, and waits again when another was faster.
  mutating func resumeAll() {
    guard !waiters.isEmpty else { return }
    let resumed = waiters
    waiters.removeAll(keepingCapacity: true)
    for waiter in resumed { waiter.resume() }
  }
}
