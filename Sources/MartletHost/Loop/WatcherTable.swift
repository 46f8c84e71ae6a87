/// Names one watch of a descriptor. Stale, never dangling, when it has ended.
package struct WatchToken: Equatable {
  /// The slot in the high half, its generation in the low: what the kernel hands back.
  let rawValue: UInt64
}

/// Who is told of which descriptor.
///
/// The kernel may tell of a descriptor whose watch ended earlier in the same round, and whose number
/// another has by then: generations tell them apart.
struct WatcherTable {
  private struct Slot {
    var watcher: (any DescriptorWatcher)?
    var descriptor: Int32 = -1
    var generation: UInt32 = 0
  }

  private var slots: [Slot] = []
  private var free: [Int] = []

  mutating func insert(_ watcher: any DescriptorWatcher, descriptor: Int32) -> WatchToken {
    let index = free.popLast() ?? slots.count
    if index == slots.count { slots.append(Slot()) }
    slots[index].watcher = watcher
    slots[index].descriptor = descriptor
    return WatchToken(rawValue: UInt64(index) << 32 | UInt64(slots[index].generation))
  }

  mutating func remove(_ token: WatchToken) {
    guard let index = index(of: token) else { return }
    slots[index].watcher = nil
    slots[index].generation &+= 1
    free.append(index)
  }

  func descriptor(of token: WatchToken) -> Int32? { index(of: token).map { slots[$0].descriptor } }

  subscript(token: WatchToken) -> (any DescriptorWatcher)? {
    index(of: token).flatMap { slots[$0].watcher }
  }

  private func index(of token: WatchToken) -> Int? {
    let index = Int(truncatingIfNeeded: token.rawValue >> 32)
    guard index < slots.count, slots[index].watcher != nil,
      slots[index].generation == UInt32(truncatingIfNeeded: token.rawValue)
    else { return nil }
    return index
  }
}
