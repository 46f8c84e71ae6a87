/// Hashes of what flows of one mask demand of the first stages of a key, each with its number of flows.
///
/// A hash that is not here proves that no flow can match, whatever the later stages say; so they need not
/// be looked at, and what is remembered of the frame holds for more frames. Two keys of one hash make it
/// prove less, never wrong.
struct StageSet: Sendable {
  private var slots: [Slot] = Array(repeating: Slot(), count: 8)
  private var count = 0

  private struct Slot: Sendable, BitwiseCopyable {
    var hash: UInt64 = 0
    var flows: UInt32 = 0
  }

  /// Whether any flow has this hash.
  func contains(_ hash: UInt64) -> Bool { slots[place(of: hash)].flows > 0 }

  /// A flow more.
  mutating func insert(_ hash: UInt64) {
    if (count + 1) * 4 > slots.count * 3 { grow() }
    let place = place(of: hash)
    if slots[place].flows == 0 { count += 1 }
    slots[place].hash = hash
    slots[place].flows &+= 1
  }

  /// A flow less; what was pushed aside moves back.
  mutating func remove(_ hash: UInt64) {
    var hole = place(of: hash)
    guard slots[hole].flows > 0 else { return }
    slots[hole].flows &-= 1
    guard slots[hole].flows == 0 else { return }
    count -= 1
    let limit = slots.count - 1
    var place = hole
    while true {
      place = (place + 1) & limit
      if slots[place].flows == 0 { return }
      let home = Int(truncatingIfNeeded: slots[place].hash) & limit
      if (place - home) & limit >= (place - hole) & limit {
        slots[hole] = slots[place]
        slots[place].flows = 0
        hole = place
      }
    }
  }

  /// Where a hash is, or would be.
  private func place(of hash: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place].flows > 0, slots[place].hash != hash {
      place = (place + 1) & (slots.count - 1)
    }
    return place
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: old.count * 2)
    for slot in old where slot.flows > 0 { slots[place(of: slot.hash)] = slot }
  }
}
