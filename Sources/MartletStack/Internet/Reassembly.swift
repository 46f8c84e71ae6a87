internal import MartletDevice
internal import MartletWire

/// The datagrams in reassembly, within a budget of bytes and a number of datagrams.
struct Reassembly: ~Copyable {
  var datagrams: Slab<PartialDatagram>
  /// The bytes of all blocks that they hold.
  var chargedBytes = 0
  /// When the oldest is given up.
  private(set) var nextDeadline = Instant.distantFuture

  /// Makes room for `capacity` datagrams.
  init(capacity: Int) {
    datagrams = Slab(capacity: capacity)
  }

  /// The datagram that a fragment belongs to; `nil` when it is the first to arrive.
  func find(_ key: PartialDatagram.Key) -> Int? {
    for index in 0..<datagrams.highWater where datagrams.isUsed(index) {
      if datagrams[index].key == key { return index }
    }
    return nil
  }

  /// The datagram begun first, `index` excepted: what is shed when room is short. One that is
  /// spoilt goes before all others, if a place rather than bytes is short.
  func oldest(besides index: Int?, holdingBytes: Bool) -> Int? {
    var best: Int?
    for candidate in 0..<datagrams.highWater
    where datagrams.isUsed(candidate) && candidate != index {
      if datagrams[candidate].isSpoilt {
        if holdingBytes { continue }
        return candidate
      }
      if let best, datagrams[best].deadline <= datagrams[candidate].deadline { continue }
      best = candidate
    }
    return best
  }

  /// Adds a datagram; there must be a place.
  mutating func insert(_ datagram: consuming PartialDatagram) -> Int? {
    nextDeadline = min(nextDeadline, datagram.deadline)
    return datagrams.insert(datagram)
  }

  /// Finds out again which deadline comes first.
  mutating func recomputeDeadline() {
    nextDeadline = .distantFuture
    for index in 0..<datagrams.highWater where datagrams.isUsed(index) {
      nextDeadline = min(nextDeadline, datagrams[index].deadline)
    }
  }
}
