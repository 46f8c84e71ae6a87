internal import MartletDevice
internal import MartletWire

/// The destinations whose path is known to be narrower than its first link (RFC 1191, section 5).
///
/// Four places a hash; the entry that expires first makes way. Losing one costs a packet, not more.
struct PathTable: ~Copyable {
  /// No path is believed to be narrower than this, whatever a router claims: the value that Linux
  /// has, below which a forged message would only cost throughput.
  static var minimumMTU: Int { 552 }
  /// How long a narrow path is remembered, before a wider one is tried (RFC 1191, section 6.3).
  static var lifetime: Interval { .seconds(600) }

  private var entries: Table<Entry>
  private let secret: SipHash
  /// Whether anything was ever noted: most stacks never have to look.
  private var isUsed = false

  struct Entry: BitwiseCopyable {
    var destination = IPv4Address.unspecified
    var mtu = 0
    var expiry = Instant.zero
  }

  /// Makes room for about `capacity` destinations.
  init(capacity: Int, secret: SipHash) {
    var count = 4
    while count < capacity { count *= 2 }
    entries = Table(count: count) { _ in Entry() }
    self.secret = secret
  }

  private func set(_ destination: IPv4Address) -> Range<Int> {
    let hash = Int(truncatingIfNeeded: secret.hash(UInt64(destination.rawValue), 0))
    let first = hash & (entries.count - 1) & ~3
    return first..<first + 4
  }

  /// The longest packet that gets to the destination, as far as is known; `nil` without limit.
  func find(_ destination: IPv4Address, now: Instant) -> Int? {
    guard isUsed else { return nil }
    for index in set(destination)
    where entries[index].destination == destination && now < entries[index].expiry {
      return entries[index].mtu
    }
    return nil
  }

  /// Remembers what gets to the destination.
  mutating func note(_ destination: IPv4Address, mtu: Int, now: Instant) {
    isUsed = true
    let places = set(destination)
    var place = places.lowerBound
    for index in places {
      if entries[index].destination == destination {
        place = index
        break
      }
      if entries[index].expiry < entries[place].expiry { place = index }
    }
    entries[place] = Entry(destination: destination, mtu: mtu, expiry: now + Self.lifetime)
  }
}
