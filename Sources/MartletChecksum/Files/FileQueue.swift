internal import Synchronization

/// The files that nobody has taken yet, by their places among the names.
final class FileQueue: Sendable {
  private struct State {
    var next: Int
    /// What could not be opened for want of descriptors.
    var returned: [Int] = []
    /// How many are taken and not done with.
    var takenCount = 0
  }

  /// How many files a core keeps open: as many as the widest of its paths has lanes.
  private static var laneCount: Int { 8 }

  private let end: Int
  private let workerCount: Int
  private let state: Mutex<State>

  init(_ range: Range<Int>, workerCount: Int) {
    end = range.upperBound
    self.workerCount = workerCount
    state = Mutex(State(next: range.lowerBound))
  }

  /// The next file for a worker that has `count` files open; the last ones are shared out.
  func take(having count: Int) -> Int? {
    state.withLock { state in
      let left = end - state.next + state.returned.count
      let share = (left + workerCount - 1) / workerCount
      guard left > 0, count < min(Self.laneCount, max(1, share + count)) else { return nil }
      state.takenCount += 1
      if let index = state.returned.popLast() { return index }
      defer { state.next += 1 }
      return state.next
    }
  }

  /// Puts a file back that cannot be opened before another one is closed; false if no other is open,
  /// so that waiting would not help.
  func putBack(_ index: Int) -> Bool {
    state.withLock { state in
      guard state.takenCount > 1 else { return false }
      state.takenCount -= 1
      state.returned.append(index)
      return true
    }
  }

  /// Says that a file is closed, or was never opened.
  func finish() { state.withLock { $0.takenCount -= 1 } }
}
