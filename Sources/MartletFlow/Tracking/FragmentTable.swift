internal import MartletDevice

/// The ports of packets that come in pieces, of which only the first piece has them.
///
/// Groups of four places; the packet whose first piece came longest ago gives way.
struct FragmentTable: Sendable {
  private struct Place: Sendable {
    var identification: UInt32
    var tuple: ConnectionTuple
    var seenAt: Instant
  }

  private let key: SipHash
  private let age: Interval
  private var places: [Place?]

  init(capacity: Int, age: Interval, key: SipHash) {
    var size = 4
    while size < capacity { size *= 2 }
    places = Array(repeating: nil, count: size)
    self.age = age
    self.key = key
  }

  /// Notes the tuple of a first piece.
  mutating func note(_ tuple: ConnectionTuple, _ identification: UInt32, now: Instant) {
    let group = group(of: tuple, identification)
    var choice = group
    for place in group..<group + 4 {
      guard let other = places[place] else {
        choice = place
        continue
      }
      if other.identification == identification,
        Self.withoutPorts(other.tuple) == Self.withoutPorts(tuple)
      {
        choice = place
        break
      }
      if let chosen = places[choice], other.seenAt < chosen.seenAt { choice = place }
    }
    places[choice] = Place(identification: identification, tuple: tuple, seenAt: now)
  }

  /// The tuple with ports of a later piece, whose own has none.
  func find(_ tuple: ConnectionTuple, _ identification: UInt32, now: Instant) -> ConnectionTuple? {
    let group = group(of: tuple, identification)
    let wanted = Self.withoutPorts(tuple)
    for place in group..<group + 4 {
      guard let other = places[place], other.identification == identification,
        Self.withoutPorts(other.tuple) == wanted, other.seenAt + age > now
      else { continue }
      return other.tuple
    }
    return nil
  }

  private static func withoutPorts(_ tuple: ConnectionTuple) -> ConnectionTuple {
    var tuple = tuple
    tuple.sourcePort = 0
    tuple.destinationPort = 0
    tuple.icmpType = 0
    return tuple
  }

  private func group(of tuple: ConnectionTuple, _ identification: UInt32) -> Int {
    let hash = key.hash(Self.withoutPorts(tuple).hash(key), UInt64(identification))
    return Int(truncatingIfNeeded: hash) & (places.count - 1) & ~3
  }
}
