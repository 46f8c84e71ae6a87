internal import MartletDevice
internal import MartletWire

/// The neighbours of all interfaces: found by address, bounded, the least needed evicted.
struct NeighbourTable: ~Copyable {
  var entries: Slab<Neighbour>
  private var buckets: Table<UInt32>
  private let secret: SipHash
  /// No entry's deadline is earlier. It may be too early, never too late.
  private(set) var nextDeadline = Instant.distantFuture
  /// The packets in the queues of all entries, and their bytes.
  private(set) var heldCount = 0
  private(set) var heldByteCount = 0

  /// Makes room for `capacity` neighbours, their places hashed under `secret`.
  init(capacity: Int, secret: SipHash) {
    var bucketCount = 1
    while bucketCount < capacity { bucketCount *= 2 }
    entries = Slab(capacity: capacity)
    buckets = Table(count: bucketCount) { _ in UInt32.max }
    self.secret = secret
  }

  private func bucket(_ address: IPv4Address, _ interface: Int) -> Int {
    let hash = secret.hash(UInt64(address.rawValue), UInt64(truncatingIfNeeded: interface))
    return Int(truncatingIfNeeded: hash) & (buckets.count - 1)
  }

  /// The entry of a host on an interface's link; `nil` when there is none.
  func find(_ address: IPv4Address, on interface: Int) -> Int? {
    var index = buckets[bucket(address, interface)]
    while index != .max {
      let place = Int(index)
      if entries[place].address == address && entries[place].interface == interface {
        return place
      }
      index = entries[place].nextInBucket
    }
    return nil
  }

  /// Makes an entry for a host that has none; `nil` when the table is full.
  mutating func insert(_ address: IPv4Address, on interface: Int) -> Int? {
    let bucket = bucket(address, interface)
    var neighbour = Neighbour(address: address, interface: interface)
    neighbour.nextInBucket = buckets[bucket]
    guard !entries.isFull, let index = entries.insert(neighbour) else { return nil }
    buckets[bucket] = UInt32(truncatingIfNeeded: index)
    return index
  }

  /// Takes an entry out. What waits in it is the caller's from now on.
  mutating func remove(at index: Int) -> Neighbour {
    let bucket = bucket(entries[index].address, entries[index].interface)
    let next = entries[index].nextInBucket
    if buckets[bucket] == UInt32(truncatingIfNeeded: index) {
      buckets[bucket] = next
    } else {
      var previous = Int(buckets[bucket])
      while Int(entries[previous].nextInBucket) != index {
        previous = Int(entries[previous].nextInBucket)
      }
      entries[previous].nextInBucket = next
    }
    return entries.remove(at: index)
  }

  /// The entry that a full table needs least; `nil` when all are in use.
  func victim(now: Instant) -> Int? {
    var best: (index: Int, rank: Int, lastUse: Instant)?
    for index in 0..<entries.highWater where entries.isUsed(index) {
      guard let rank = entries[index].evictionRank(now: now) else { continue }
      let lastUse = entries[index].lastUse
      if let best, (best.rank, best.lastUse) <= (rank, lastUse) { continue }
      best = (index, rank, lastUse)
    }
    return best?.index
  }

  /// Takes note of a packet that waits for an address.
  mutating func noteHeld(byteCount: Int) {
    heldCount += 1
    heldByteCount += byteCount
  }

  /// Takes note of packets that wait no more.
  mutating func noteReleased(_ count: Int, byteCount: Int) {
    heldCount -= count
    heldByteCount -= byteCount
  }

  /// Remembers when an entry wants attention.
  mutating func note(deadline: Instant) { nextDeadline = min(nextDeadline, deadline) }

  /// Finds out again which deadline comes first, after those that passed were served.
  mutating func recomputeDeadline() {
    nextDeadline = .distantFuture
    for index in 0..<entries.highWater where entries.isUsed(index) {
      nextDeadline = min(nextDeadline, entries[index].deadline)
    }
  }
}
