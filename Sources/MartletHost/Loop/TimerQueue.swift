internal import MartletDevice

/// Waits that end at a time: a binary heap, the next at its root. Each waiter knows its place, so
/// that a wait that ended otherwise leaves at once.
struct TimerQueue {
  private struct Entry {
    var deadline: Instant
    var waiter: Waiter
  }

  private var entries: [Entry] = []

  /// The waits under way.
  var count: Int { entries.count }

  /// When the next wait ends.
  var nextDeadline: Instant? { entries.first?.deadline }

  /// Ends `waiter`'s wait at `deadline`. Once a waiter.
  mutating func insert(_ waiter: Waiter, at deadline: Instant) {
    entries.append(Entry(deadline: deadline, waiter: waiter))
    place(entries.count - 1)
    moveUp(from: entries.count - 1)
  }

  /// Forgets a wait; without effect when it is not there any more.
  mutating func remove(_ waiter: Waiter) {
    let index = waiter.timerPlace
    guard entries.indices.contains(index), entries[index].waiter === waiter else { return }
    remove(at: index)
  }

  /// Ends the waits whose time has come.
  mutating func resume(until now: Instant) {
    while let first = entries.first, first.deadline <= now {
      remove(at: 0)
      first.waiter.resume(.expired)
    }
  }

  private mutating func remove(at index: Int) {
    let last = entries.count - 1
    entries[index].waiter.timerPlace = -1
    entries.swapAt(index, last)
    entries.removeLast()
    guard index < last else { return }
    place(index)
    moveDown(from: index)
    moveUp(from: index)
  }

  private mutating func moveUp(from start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard entries[index].deadline < entries[parent].deadline else { return }
      swap(index, parent)
      index = parent
    }
  }

  private mutating func moveDown(from start: Int) {
    var index = start
    while true {
      let left = 2 * index + 1
      guard left < entries.count else { return }
      let right = left + 1
      let isRightFirst =
        right < entries.count && entries[right].deadline < entries[left].deadline
      let child = isRightFirst ? right : left
      guard entries[child].deadline < entries[index].deadline else { return }
      swap(index, child)
      index = child
    }
  }

  private mutating func swap(_ a: Int, _ b: Int) {
    entries.swapAt(a, b)
    place(a)
    place(b)
  }

  private func place(_ index: Int) { entries[index].waiter.timerPlace = index }
}
