public import MartletDevice

/// Follows connections and translates their addresses.
///
/// A value with one owner, without a clock. Its memory is taken all at once with the first packet, so that
/// who tracks nothing pays nothing; after that nothing is allocated. When the table is full the oldest
/// connection that is not assured gives way, so that a flood of first packets leaves established ones alone;
/// where all are assured, nothing new is remembered.
public struct ConnectionTracker: ~Copyable, Sendable {
  /// Its sizes and times.
  public let configuration: TrackingConfiguration
  let key: SipHash
  var table: ConnectionTable
  var fragments: FragmentTable
  private var isPrepared = false
  private var draws: UInt64 = 0
  private var drops: [UInt64] = Array(repeating: 0, count: TrackingDrop.allCases.count)
  /// How many connections gave way to others before their time.
  public internal(set) var evictionCount: UInt64 = 0

  /// Makes one without connections.
  public init(configuration: TrackingConfiguration = TrackingConfiguration()) {
    var configuration = configuration
    configuration.capacity = max(1, min(1_000_000, configuration.capacity))
    configuration.fragmentCapacity = max(4, min(65_536, configuration.fragmentCapacity))
    self.configuration = configuration
    key = SipHash(key0: configuration.secret.0, key1: configuration.secret.1)
    table = ConnectionTable(capacity: 0, countsZones: false, key: key)
    fragments = FragmentTable(capacity: 4, age: configuration.timeouts.fragment, key: key)
  }

  /// How many connections there are.
  public var count: Int { table.count }

  /// How often a packet had no connection, or got none, for a reason.
  public func dropped(_ reason: TrackingDrop) -> UInt64 { drops[Int(reason.rawValue)] }

  /// Calls `body` with each connection.
  public func forEach(_ body: (Connection) -> Void) { table.forEach { body($1) } }

  /// Forgets every connection, or those of a zone.
  public mutating func flush(zone: UInt16? = nil) {
    var numbers: [Int32] = []
    table.forEach { number, connection in
      if zone == nil || connection.original.zone == zone { numbers.append(number) }
    }
    for number in numbers { table.remove(number) }
  }

  // MARK: Time

  /// When `poll` may have something to do; `nil` without connections.
  public var nextDeadline: Instant? { table.nextDeadline }

  /// Forgets what has run out, looking at no more than `budget` connections.
  public mutating func poll(now: Instant, budget: Int = 1024) {
    _ = table.expire(now: now, budget: budget)
  }

  // MARK: For extensions

  mutating func prepare() {
    guard !isPrepared else { return }
    isPrepared = true
    table = ConnectionTable(
      capacity: configuration.capacity, countsZones: configuration.zoneLimit != nil, key: key)
    fragments = FragmentTable(
      capacity: configuration.fragmentCapacity, age: configuration.timeouts.fragment, key: key)
  }

  mutating func count(_ reason: TrackingDrop) { drops[Int(reason.rawValue)] &+= 1 }

  /// A number below `bound` by chance.
  mutating func draw(below bound: Int) -> Int {
    draws &+= 1
    let random = key.hash(draws, 0x6e6174)
    return Int(truncatingIfNeeded: random.multipliedFullWidth(by: UInt64(max(bound, 1))).high)
  }
}
