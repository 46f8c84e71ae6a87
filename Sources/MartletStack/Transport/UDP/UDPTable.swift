internal import MartletWire

/// The UDP sockets, found by their port.
struct UDPTable: ~Copyable {
  var sockets: Slab<UDPSocket>
  private var buckets: Table<UInt32>

  /// Makes room for `capacity` sockets.
  init(capacity: Int) {
    var bucketCount = 1
    while bucketCount < capacity { bucketCount *= 2 }
    sockets = Slab(capacity: capacity)
    buckets = Table(count: bucketCount) { _ in UInt32.max }
  }

  private func bucket(_ port: UInt16) -> Int { Int(port) & (buckets.count - 1) }

  /// Hands every socket at a port to `body`.
  func forEach(at port: UInt16, _ body: (Int, borrowing UDPSocket) -> Void) {
    var index = buckets[bucket(port)]
    while index != .max {
      let place = Int(index)
      if sockets[place].local.port == port { body(place, sockets[place]) }
      index = sockets[place].nextInBucket
    }
  }

  /// The socket that fits a datagram for one host best; `nil` when none does.
  func find(
    source: Endpoint, destination: Endpoint, on interface: Int
  ) -> Int? {
    var best: Int?
    var bestFit = 0
    var index = buckets[bucket(destination.port)]
    while index != .max {
      let place = Int(index)
      if sockets[place].local.port == destination.port {
        let fit = sockets[place].fit(
          source: source, destination: destination.address, on: interface)
        if fit > bestFit { (best, bestFit) = (place, fit) }
      }
      index = sockets[place].nextInBucket
    }
    return best
  }

  /// Whether a socket already takes what one bound so would.
  func conflicts(with local: Endpoint, on interface: Int?) -> Bool {
    var found = false
    forEach(at: local.port) { _, socket in
      let sharesAddress =
        local.address.isUnspecified || socket.local.address.isUnspecified
        || local.address == socket.local.address
      let sharesInterface =
        interface == nil || socket.interface == nil || interface == socket.interface
      if sharesAddress && sharesInterface { found = true }
    }
    return found
  }

  /// Adds a socket; `nil` when the table is full.
  mutating func insert(_ socket: consuming UDPSocket) -> Int? {
    guard !sockets.isFull else { return nil }
    let isFound = !socket.acceptsAllDestinations
    let bucket = bucket(socket.local.port)
    if isFound { socket.nextInBucket = buckets[bucket] }
    guard let index = sockets.insert(socket) else { return nil }
    if isFound { buckets[bucket] = UInt32(truncatingIfNeeded: index) }
    return index
  }

  /// Takes a socket out. What it has not read is the caller's to release.
  mutating func remove(at index: Int) -> UDPSocket {
    if !sockets[index].acceptsAllDestinations { unlink(index) }
    return sockets.remove(at: index)
  }

  private mutating func unlink(_ index: Int) {
    let bucket = bucket(sockets[index].local.port)
    let next = sockets[index].nextInBucket
    if buckets[bucket] == UInt32(truncatingIfNeeded: index) {
      buckets[bucket] = next
      return
    }
    var previous = Int(buckets[bucket])
    while Int(sockets[previous].nextInBucket) != index {
      previous = Int(sockets[previous].nextInBucket)
    }
    sockets[previous].nextInBucket = next
  }
}
