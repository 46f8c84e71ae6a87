internal import MartletDevice
internal import MartletWire

/// What a resolver remembers, for as long as the servers allow.
///
/// Bounded: where it is full, what would be forgotten first anyway gives way.
struct DNSCache {
  private let capacity: Int
  private var entries: [Entry] = []

  private struct Entry {
    let name: DomainName
    let outcome: DNSAnswer.Outcome
    let expiry: Instant
  }

  init(capacity: Int) { self.capacity = max(1, capacity) }

  /// What is known of a name.
  mutating func find(_ name: DomainName, now: Instant) -> DNSAnswer.Outcome? {
    entries.removeAll { $0.expiry <= now }
    return entries.first { $0.name == name }?.outcome
  }

  /// Remembers an outcome for `seconds`; not at all for none.
  mutating func insert(
    _ outcome: DNSAnswer.Outcome, for name: DomainName, seconds: UInt32, now: Instant
  ) {
    entries.removeAll { $0.name == name || $0.expiry <= now }
    guard seconds > 0 else { return }
    if entries.count == capacity,
      let first = entries.indices.min(by: { entries[$0].expiry < entries[$1].expiry })
    {
      entries.remove(at: first)
    }
    entries.append(
      Entry(name: name, outcome: outcome, expiry: now + .seconds(Int64(seconds))))
  }

  /// Forgets everything.
  mutating func removeAll() { entries.removeAll() }

  /// How many names are remembered.
  var count: Int { entries.count }
}
