/// The tasks that wait for the same event, in order.
struct WaiterList {
  private var waiters: [Waiter] = []

  /// Whether a task waits.
  var isEmpty: Bool { waiters.isEmpty }

  /// How many wait.
  var count: Int { waiters.count }

  /// Adds a wait.
  mutating func add(_ waiter: Waiter) { waiters.append(waiter) }

  /// Forgets a wait that has ended otherwise.
  mutating func remove(_ waiter: Waiter) { waiters.removeAll { $0 === waiter } }

  /// Ends all waits: each looks for itself, and waits again when another was faster.
  mutating func resumeAll() {
    guard !waiters.isEmpty else { return }
    let resumed = waiters
    waiters.removeAll(keepingCapacity: true)
    for waiter in resumed { waiter.resume() }
  }
}
