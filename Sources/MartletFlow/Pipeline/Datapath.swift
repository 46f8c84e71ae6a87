public import MartletDevice
public import MartletWire

/// The forwarding of one bridge: ports, tables, groups, meters, and the stations it has learned.
///
/// A value with one owner. Frames go in by `process`, and what is to be sent comes out of the closure that the
/// caller lends; the closure must not call the datapath again (a frame that comes back by a patch port waits
/// until `process` has returned).
public struct Datapath: ~Copyable, Sendable {
  /// The sizes of its tables.
  public let configuration: DatapathConfiguration
  var store: FlowStore
  var tables: [FlowTable]
  /// Its ports in the order of their numbers.
  public internal(set) var ports: [BridgePort] = []
  /// Its groups in the order of their numbers.
  public internal(set) var groups: [Group] = []
  /// Its meters in the order of their numbers.
  public internal(set) var meters: [Meter] = []
  /// The stations that `normal` has learned.
  public internal(set) var stations: MACTable
  /// What a frame without a flow meets.
  public var miss: DatapathConfiguration.Miss {
    didSet { version &+= 1 }
  }
  /// Frames that went nowhere, by reason.
  var drops: [UInt64] = Array(repeating: 0, count: FlowDrop.allCases.count)
  /// Flows that went and whose controllers want to know.
  var removals: [RemovedFlow] = []
  var removalPlace = 0
  /// Rises with every change that may alter what becomes of a frame.
  var version: UInt64 = 0
  /// Rises when flows are added, changed or go: what was kept of them elsewhere is old then.
  public internal(set) var flowChangeCount: UInt64 = 0
  var cache: FlowCache
  var buffer = PacketBuffer()
  /// Buffers for frames that are looked up again while one is being worked on.
  var spares: [PacketBuffer] = []
  /// Who looks for loops, if anybody.
  public internal(set) var loopGuard: LoopGuard?
  /// The connections that `ct` follows.
  public var tracker: ConnectionTracker
  /// Where frames go on after connection tracking; a number stays what it is.
  var resumptions: [Resumption] = []
  var nextExpiry: Instant?

  /// Makes one without ports and flows: every frame is dropped, or goes to the controllers.
  public init(configuration: DatapathConfiguration = DatapathConfiguration()) {
    var configuration = configuration
    configuration.tableCount = max(1, min(254, configuration.tableCount))
    self.configuration = configuration
    store = FlowStore(seed: configuration.seed)
    tables = Array(repeating: FlowTable(), count: configuration.tableCount)
    stations = MACTable(
      capacity: configuration.stationLimit, age: configuration.stationAge, seed: configuration.seed)
    tracker = ConnectionTracker(configuration: configuration.tracking)
    miss = configuration.miss
    cache = FlowCache(
      exactSize: configuration.exactCacheSize, limit: configuration.cacheLimit,
      seed: configuration.seed)
  }

  /// How many frames went nowhere for a reason.
  public func dropped(_ reason: FlowDrop) -> UInt64 { drops[Int(reason.rawValue)] }

  /// How many flows there are in all tables.
  public var flowCount: Int { store.count }

  mutating func count(_ drop: FlowDrop) { drops[Int(drop.rawValue)] &+= 1 }

  // MARK: Ports

  /// The place of a port among `ports`, which are in the order of their numbers.
  func place(of number: PortNumber) -> Int? {
    var low = 0
    var high = ports.count
    while low < high {
      let middle = (low + high) / 2
      if ports[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low < ports.count && ports[low].number == number ? low : nil
  }

  /// A port by its number.
  public func port(_ number: PortNumber) -> BridgePort? { place(of: number).map { ports[$0] } }

  /// Adds a port.
  public mutating func addPort(_ port: BridgePort) throws(FlowError) {
    guard port.number.isPort, place(of: port.number) == nil, ports.count < configuration.portLimit
    else { throw .badPort }
    let place = ports.firstIndex { $0.number > port.number } ?? ports.count
    ports.insert(port, at: place)
    loopGuard?.add(port.number)
    version &+= 1
  }

  /// Takes a port away; its stations are forgotten.
  public mutating func removePort(_ number: PortNumber) {
    guard let place = place(of: number) else { return }
    ports.remove(at: place)
    stations.forget { $0.port == number }
    loopGuard?.remove(number)
    version &+= 1
  }

  /// Changes a port; its number and counters stay.
  public mutating func updatePort(_ number: PortNumber, _ change: (inout BridgePort) -> Void) {
    guard let place = place(of: number) else { return }
    let wasUp = ports[place].isUp
    change(&ports[place])
    if ports[place].isUp, !wasUp { loopGuard?.hurry() }
    version &+= 1
  }

  // MARK: Stations

  /// Forgets the stations that were learned: all, those of one port, of one VLAN, or of both.
  public mutating func forgetStations(at port: PortNumber? = nil, vlan: UInt16? = nil) {
    stations.forget {
      !$0.isStatic && (port == nil || $0.port == port) && (vlan == nil || $0.vlan == vlan)
    }
    version &+= 1
  }

  /// Writes down where a station is: it is neither learned elsewhere nor forgotten.
  ///
  /// Throws `badPort` where there is no such port or the address is no station's, `tableFull` where there is no
  /// room for it.
  public mutating func addStation(
    _ address: MACAddress, vlan: UInt16, at port: PortNumber, now: Instant
  ) throws(FlowError) {
    guard place(of: port) != nil, address.isUnicast, vlan < 4096 else { throw .badPort }
    guard stations.insert(address, vlan: vlan, at: port, now: now) else { throw .tableFull }
    version &+= 1
  }

  /// Forgets one station, written down or learned.
  public mutating func removeStation(_ address: MACAddress, vlan: UInt16) {
    stations.forget { $0.address == address && $0.vlan == vlan }
    version &+= 1
  }

  /// Limits how many stations are learned at one port; `nil` lifts the limit. Those that are there stay.
  public mutating func limitStations(perPort limit: Int?) { stations.portLimit = limit }

  // MARK: Time

  /// When `poll`, or `sendProbes` where loops are looked for, has something to do; `nil` for nothing in
  /// sight.
  public var nextDeadline: Instant? {
    let aging = stations.count > 0 ? stationCheck : nil
    return earliest(
      earliest(tracker.nextDeadline, loopGuard?.nextDeadline), earliest(nextExpiry, aging))
  }
  var stationCheck: Instant?

  /// Takes away what has run out.
  public mutating func poll(now: Instant) {
    if let nextExpiry, nextExpiry <= now { expire(now: now) }
    tracker.poll(now: now)
    if stations.count > 0, (stationCheck ?? now) <= now {
      let before = stations.count
      stations.expire(now: now)
      if stations.count != before { version &+= 1 }
      stationCheck = now + .seconds(1)
    }
  }

  /// The next flow that went and whose controllers want to know.
  public mutating func nextRemovedFlow() -> RemovedFlow? {
    guard removalPlace < removals.count else {
      removals.removeAll(keepingCapacity: true)
      removalPlace = 0
      return nil
    }
    defer { removalPlace += 1 }
    return removals[removalPlace]
  }
}
