internal import MartletDevice

/// Waits that end at a time: a binary heap, the next at its root.
struct TimerQueue {
  private struct Entry {
    var deadline: Instant
    var waiter: Waiter
  }

  private var entries: [Entry] = []

  /// When the next wait ends.
  var nextDeadline: Instant? { entries.first?.deadline }

  /// Ends `waiter`'s wait at `deadline`.
  mutating func insert(_ waiter: Waiter, at deadline: Instant) {
    var index = entries.count
    entries.append(Entry(deadline: deadline, waiter: waiter))
    while index > 0 {
      let parent = (index - 1) / 2
      guard entries[index].deadline < entries[parent].deadline else { return }
      entries.swapAt(index, parent)
      index = parent
    }
  }

  /// Ends the waits whose time has come.
  mutating func resume(until now: Instant) {
    while let first = entries.first, first.deadline <= now {
      removeFirst()
      first.waiter.resume()
    }
  }

  private mutating func removeFirst() {
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    var index = 0
    while true {
      let left = 2 * index + 1
      guard left < entries.count else { return }
      let right = left + 1
      let isRightFirst =
        right < entries.count && entries[right].deadline < entries[left].deadline
      let child = isRightFirst ? right : left
      guard entries[child].deadline < entries[index].deadline else { return }
      entries.swapAt(index, child)
      index = child
    }
  }
}
