internal import Synchronization

/// Holds back what is done too early.
final class OrderedResults: Sendable {
  private struct State {
    var waiting: [FileHasher.Outcome?]
    var next = 0
  }

  private let state: Mutex<State>
  private let body: @Sendable (Int, FileHasher.Outcome) -> Bool
  private let stop = Atomic(false)

  init(count: Int, body: @escaping @Sendable (Int, FileHasher.Outcome) -> Bool) {
    state = Mutex(State(waiting: Array(repeating: nil, count: count)))
    self.body = body
  }

  /// Whether nobody wants further results.
  var isStopped: Bool { stop.load(ordering: .relaxed) }

  func put(_ outcome: FileHasher.Outcome, at index: Int) {
    state.withLock { state in
      state.waiting[index] = outcome
      while state.next < state.waiting.count, let outcome = state.waiting[state.next] {
        guard !isStopped else { return }
        if !body(state.next, outcome) { stop.store(true, ordering: .relaxed) }
        state.next += 1
      }
    }
  }
}
