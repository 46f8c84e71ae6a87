internal import MartletDevice

/// Connections, found by either direction's tuple.
///
/// Everything is allocated when the table is made. A connection lies in two chains of buckets, one a
/// direction; one that is not assured lies in a list besides, the oldest first, from which it gives way.
struct ConnectionTable: Sendable {
  private static var none: Int32 { -1 }

  private let key: SipHash
  private var connections: [Connection?]
  private var free: [Int32]
  private var buckets: [Int32]
  /// Of the entry `2 * number + direction`: the next in its bucket.
  private var next: [Int32]
  private var heap: DeadlineHeap
  private var older: [Int32]
  private var newer: [Int32]
  private var oldest = none
  private var newest = none
  /// How many there are in each zone; empty where zones have no limit.
  private var zoneCounts: [Int32]

  init(capacity: Int, countsZones: Bool, key: SipHash) {
    self.key = key
    connections = Array(repeating: nil, count: capacity)
    free = (0..<Int32(capacity)).reversed()
    var size = 2
    while size < 2 * capacity { size *= 2 }
    buckets = Array(repeating: Self.none, count: size)
    next = Array(repeating: Self.none, count: 2 * capacity)
    heap = DeadlineHeap(capacity: capacity)
    older = Array(repeating: Self.none, count: capacity)
    newer = older
    zoneCounts = countsZones ? Array(repeating: 0, count: 65_536) : []
  }

  var count: Int { connections.count - free.count }
  var isFull: Bool { free.isEmpty }

  func count(in zone: UInt16) -> Int { zoneCounts.isEmpty ? 0 : Int(zoneCounts[Int(zone)]) }

  /// The connection of a number that `find` or `insert` gave, which is still there.
  subscript(number: Int32) -> Connection {
    get {
      guard let connection = connections[Int(number)] else { preconditionFailure() }
      return connection
    }
  }

  /// Changes a connection; its deadline may move.
  mutating func update(_ number: Int32, _ change: (inout Connection) -> Void) {
    let place = Int(number)
    guard var connection = connections[place] else { return }
    let wasAssured = connection.isAssured
    change(&connection)
    connections[place] = connection
    // A later deadline is noticed when the earlier one comes.
    if connection.deadline < heap.time(of: number) { heap.set(number, connection.deadline) }
    if connection.isAssured, !wasAssured { unlink(number) }
  }

  /// The connection of a tuple, and whether the tuple is that of its answers.
  func find(_ tuple: ConnectionTuple) -> (number: Int32, isReply: Bool)? {
    var entry = buckets[bucket(of: tuple)]
    while entry != Self.none {
      let isReply = entry & 1 != 0
      if let connection = connections[Int(entry >> 1)],
        (isReply ? connection.reply : connection.original) == tuple
      {
        return (entry >> 1, isReply)
      }
      entry = next[Int(entry)]
    }
    return nil
  }

  /// Adds a connection of which neither tuple is there; `nil` when there is no room.
  mutating func insert(_ connection: Connection) -> Int32? {
    guard let number = free.popLast() else { return nil }
    connections[Int(number)] = connection
    for (direction, tuple) in [connection.original, connection.reply].enumerated() {
      let bucket = bucket(of: tuple)
      let entry = 2 * number + Int32(direction)
      next[Int(entry)] = buckets[bucket]
      buckets[bucket] = entry
    }
    heap.set(number, connection.deadline)
    older[Int(number)] = newest
    newer[Int(number)] = Self.none
    if newest != Self.none { newer[Int(newest)] = number } else { oldest = number }
    newest = number
    if !zoneCounts.isEmpty { zoneCounts[Int(connection.original.zone)] += 1 }
    return number
  }

  mutating func remove(_ number: Int32) {
    guard let connection = connections[Int(number)] else { return }
    unchain(2 * number, connection.original)
    unchain(2 * number + 1, connection.reply)
    if !connection.isAssured { unlink(number) }
    heap.remove(number)
    connections[Int(number)] = nil
    free.append(number)
    if !zoneCounts.isEmpty { zoneCounts[Int(connection.original.zone)] -= 1 }
  }

  /// The oldest connection that is not assured.
  var firstToGiveWay: Int32? { oldest == Self.none ? nil : oldest }

  /// When the first connection may have to go.
  var nextDeadline: Instant? { heap.first?.time }

  /// Removes what has run out, looking at no more than `budget` connections.
  mutating func expire(now: Instant, budget: Int) -> Int {
    var removed = 0
    for _ in 0..<budget {
      guard let first = heap.first, first.time <= now else { return removed }
      let deadline = self[first.number].deadline
      if deadline > now {
        heap.set(first.number, deadline)
      } else {
        remove(first.number)
        removed += 1
      }
    }
    return removed
  }

  /// Calls `body` with each connection and its number.
  func forEach(_ body: (Int32, Connection) -> Void) {
    for (number, connection) in connections.enumerated() {
      if let connection { body(Int32(number), connection) }
    }
  }

  // MARK: Chains

  private func bucket(of tuple: ConnectionTuple) -> Int {
    Int(truncatingIfNeeded: tuple.hash(key)) & (buckets.count - 1)
  }

  private mutating func unchain(_ entry: Int32, _ tuple: ConnectionTuple) {
    let bucket = bucket(of: tuple)
    guard buckets[bucket] != entry else {
      buckets[bucket] = next[Int(entry)]
      return
    }
    var place = buckets[bucket]
    while place != Self.none {
      let following = next[Int(place)]
      if following == entry {
        next[Int(place)] = next[Int(entry)]
        return
      }
      place = following
    }
  }

  private mutating func unlink(_ number: Int32) {
    let (before, after) = (older[Int(number)], newer[Int(number)])
    if before != Self.none { newer[Int(before)] = after } else { oldest = after }
    if after != Self.none { older[Int(after)] = before } else { newest = before }
  }
}
