internal import MartletDevice
internal import MartletWire

/// One host on an attached link: its link address or the search for it, and what waits for it.
///
/// The entry owns what waits, so that silence of one host never delays another's packets.
struct Neighbour: ~Copyable {
  /// How often a host is asked before it counts as unreachable.
  static var maximumTries: UInt8 { 3 }
  /// The time between requests: at most one a second a destination (RFC 1122, section 2.3.2.1).
  static var requestInterval: Interval { .seconds(1) }
  /// How long a confirmed address is good for.
  static var reachableTime: Interval { .seconds(30) }
  /// How long the transport may take to confirm a stale address before the host is asked.
  static var delayTime: Interval { .seconds(5) }
  /// How long an entry in use is kept from eviction.
  static var protectedTime: Interval { .seconds(30) }

  /// The host's address.
  let address: IPv4Address
  /// The interface whose link it is on.
  let interface: Int
  private(set) var state = NeighbourState.failed(until: .zero)
  /// When the state changes by itself; only in the states that ask or are about to.
  private(set) var deadline = Instant.distantFuture
  /// When this host last sent there; zero if never.
  private(set) var lastUse = Instant.zero
  /// The packets that wait for the address, the newest at the end.
  var queue = PacketQueue()
  /// The connections that wait for the address.
  var waiting = ConnectionList()
  /// The entry that follows in the table's bucket.
  var nextInBucket = UInt32.max

  init(address: IPv4Address, interface: Int) {
    self.address = address
    self.interface = interface
  }

  /// What the owner of the entry must do.
  enum Action: Equatable {
    /// Nothing.
    case none
    /// Ask for the address: everybody, or the host that had it.
    case request(of: MACAddress)
    /// Tell those who wait that the host cannot be reached.
    case giveUp
  }

  /// Something is to be sent there: says whether it can be, and what to do for it.
  mutating func use(now: Instant) -> (Resolution, Action) {
    lastUse = now
    switch state {
    case .incomplete:
      return (.pending, .none)
    case .reachable(let address, let until):
      if now >= until { beginDelay(address, now: now) }
      return (.resolved(address), .none)
    case .stale(let address):
      beginDelay(address, now: now)
      return (.resolved(address), .none)
    case .delay(let address), .probe(let address, _):
      return (.resolved(address), .none)
    case .failed(let until):
      guard now >= until else { return (.failed, .none) }
      return (.pending, ask(tries: 0, now: now))
    }
  }

  /// Forward progress of a transport, or an answer, shows that the address is right.
  mutating func confirm(now: Instant) {
    guard let address = state.linkAddress else { return }
    state = .reachable(address, until: now + Self.reachableTime)
    deadline = .distantFuture
  }

  /// An answer to a question of this host named the address.
  mutating func answer(_ address: MACAddress, now: Instant) {
    state = .reachable(address, until: now + Self.reachableTime)
    deadline = .distantFuture
  }

  /// The host named its address unasked: it is taken, but not yet believed (RFC 4861, 7.2.5).
  mutating func learn(_ address: MACAddress, now: Instant) {
    guard state.linkAddress != address else { return }
    state = .stale(address)
    deadline = .distantFuture
    // Something waits and is about to use it.
    if !queue.isEmpty || !waiting.isEmpty { beginDelay(address, now: now) }
  }

  /// Whether the host's answer is awaited.
  var isAsked: Bool {
    switch state {
    case .incomplete, .probe: true
    case .reachable, .stale, .delay, .failed: false
    }
  }

  /// The deadline has passed.
  mutating func expire(now: Instant) -> Action {
    switch state {
    case .incomplete(let tries):
      guard tries < Self.maximumTries else {
        state = .failed(until: now + Self.requestInterval)
        deadline = .distantFuture
        return .giveUp
      }
      return ask(tries: tries, now: now)
    case .delay(let address):
      return probe(address, tries: 0, now: now)
    case .probe(let address, let tries):
      // A host whose card was changed in silence does not answer at the old address, but anybody
      // may know it: all are asked before it is given up.
      return tries < Self.maximumTries
        ? probe(address, tries: tries, now: now) : ask(tries: 0, now: now)
    case .reachable, .stale, .failed:
      deadline = .distantFuture
      return .none
    }
  }

  private mutating func ask(tries: UInt8, now: Instant) -> Action {
    state = .incomplete(tries: tries + 1)
    deadline = now + Self.requestInterval
    return .request(of: .broadcast)
  }

  private mutating func probe(_ address: MACAddress, tries: UInt8, now: Instant) -> Action {
    state = .probe(address, tries: tries + 1)
    deadline = now + Self.requestInterval
    return .request(of: address)
  }

  private mutating func beginDelay(_ address: MACAddress, now: Instant) {
    state = .delay(address)
    deadline = now + Self.delayTime
  }

  /// How dear the entry is to a full table: the lowest goes first, `nil` not at all.
  func evictionRank(now: Instant) -> Int? {
    switch state {
    case .failed(let until): now >= until ? 0 : nil
    case .incomplete(let tries):
      // A stranger's pings from invented addresses must not hold the table.
      tries > 1 && waiting.isEmpty ? 2 : nil
    case .reachable, .stale, .delay, .probe:
      lastUse == .zero ? 1 : now >= lastUse + Self.protectedTime ? 3 : nil
    }
  }
}
