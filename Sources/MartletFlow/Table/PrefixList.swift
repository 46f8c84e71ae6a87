/// The addresses that the flows of a table demand, in order: how many bits of a frame's address tell it from
/// all of them.
///
/// A frame for 10.1.2.3 that meets no flow need be remembered only as one for 10.1.0.0/16 when no flow's
/// address begins like this. Beyond `limit` addresses nothing is told any more: then all bits count.
struct PrefixList: Sendable {
  /// The addresses that are held apart.
  static var limit: Int { 4096 }

  /// The addresses, their first bit the highest, and how many flows demand each.
  private var values: [UInt128] = []
  private var flows: [UInt32] = []
  /// The flows that are counted, and those that came when the list was full.
  private var count = 0
  private var isFull = false

  /// How many of the first bits of an address tell it from every address here, at most 128.
  func bits(of address: UInt128) -> Int {
    if isFull { return 128 }
    let place = place(of: address)
    var common = -1
    if place < values.count { common = (values[place] ^ address).leadingZeroBitCount }
    if place > 0 { common = max(common, (values[place - 1] ^ address).leadingZeroBitCount) }
    return min(128, common + 1)
  }

  /// A flow more.
  mutating func insert(_ address: UInt128) {
    count += 1
    if isFull { return }
    let place = place(of: address)
    if place < values.count, values[place] == address {
      flows[place] &+= 1
      return
    }
    guard values.count < Self.limit else {
      isFull = true
      values = []
      flows = []
      return
    }
    values.insert(address, at: place)
    flows.insert(1, at: place)
  }

  /// A flow less; a list that was full tells again once it is empty.
  mutating func remove(_ address: UInt128) {
    count -= 1
    if count == 0 { isFull = false }
    if isFull { return }
    let place = place(of: address)
    guard place < values.count, values[place] == address else { return }
    flows[place] &-= 1
    guard flows[place] == 0 else { return }
    values.remove(at: place)
    flows.remove(at: place)
  }

  /// The place of the first value that is not lower.
  private func place(of address: UInt128) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if values[middle] < address { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
