/// Numbers by key, where only the bits of one mask count: open addressing, linear probing.
///
/// The keys lie with their owner; this holds, for each, a hash and the owner's number.
struct KeyTable: Sendable {
  let mask: FlowMask
  private(set) var count = 0
  private var slots: [Slot]
  private let seed: UInt64

  private struct Slot: Sendable, BitwiseCopyable {
    var hash: UInt32
    /// The owner's number, or -1.
    var number: Int32
  }

  init(mask: FlowMask, seed: UInt64) {
    self.mask = mask
    self.seed = seed
    slots = Array(repeating: Slot(hash: 0, number: -1), count: 8)
  }

  /// The number of a key.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - keys: The owner's keys by number.
  /// - Returns: The owner's number; `nil` where the key is not there.
  @inline(__always)
  func find(_ key: borrowing FlowKey, in keys: borrowing [FlowKey]) -> Int32? {
    let hash = UInt32(truncatingIfNeeded: mask.hash(key, seed: seed))
    var place = Int(hash) & (slots.count - 1)
    // Spans lend what arrays would copy.
    let (slots, keys) = (slots.span, keys.span)
    while slots[place].number >= 0 {
      if slots[place].hash == hash, mask.agrees(key, keys[Int(slots[place].number)]) {
        return slots[place].number
      }
      place = (place + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Calls `body` with every number.
  func forEach(_ body: (Int32) -> Void) {
    for slot in slots where slot.number >= 0 { body(slot.number) }
  }

  /// Enters a key that is not there yet.
  mutating func insert(_ key: borrowing FlowKey, number: Int32) {
    if (count + 1) * 4 > slots.count * 3 { grow() }
    put(Slot(hash: UInt32(truncatingIfNeeded: mask.hash(key, seed: seed)), number: number))
    count += 1
  }

  /// Gives a key another number.
  mutating func replace(_ old: Int32, at key: borrowing FlowKey, by new: Int32) {
    if let place = place(of: old, at: key) { slots[place].number = new }
  }

  /// Takes a key out; what was pushed aside by it moves back.
  mutating func remove(_ number: Int32, at key: borrowing FlowKey) {
    guard var hole = place(of: number, at: key) else { return }
    let limit = slots.count - 1
    var place = hole
    while true {
      place = (place + 1) & limit
      if slots[place].number < 0 { break }
      let home = Int(slots[place].hash) & limit
      // It may move only if its home does not lie between the hole and itself.
      if (place - home) & limit >= (place - hole) & limit {
        slots[hole] = slots[place]
        hole = place
      }
    }
    slots[hole].number = -1
    count -= 1
  }

  private func place(of number: Int32, at key: borrowing FlowKey) -> Int? {
    let hash = UInt32(truncatingIfNeeded: mask.hash(key, seed: seed))
    var place = Int(hash) & (slots.count - 1)
    while slots[place].number >= 0 {
      if slots[place].number == number { return place }
      place = (place + 1) & (slots.count - 1)
    }
    return nil
  }

  private mutating func put(_ slot: Slot) {
    var place = Int(slot.hash) & (slots.count - 1)
    while slots[place].number >= 0 { place = (place + 1) & (slots.count - 1) }
    slots[place] = slot
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(hash: 0, number: -1), count: old.count * 2)
    for slot in old where slot.number >= 0 { put(slot) }
  }
}
