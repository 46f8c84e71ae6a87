public import MartletDevice
public import MartletWire

/// Which port a station was last seen at, for each VLAN: what `normal` learns.
///
/// A fixed number of places in groups of eight; the station that was silent longest gives way. Stations are
/// forgotten after their age, and told by the seeded hash where they lie. Those that were written by hand stay
/// where they are and are never forgotten.
public struct MACTable: Sendable {
  /// A station.
  public struct Station: Equatable, Sendable, BitwiseCopyable {
    /// Its Ethernet address.
    public var address: MACAddress
    /// The VLAN that it was seen in; 0 without a tag.
    public var vlan: UInt16
    /// The port that it was seen at.
    public var port: PortNumber
    /// When it last sent.
    public var seenAt: Instant
    /// Whether it was written by hand.
    public var isStatic = false
  }

  private var places: [Station?]
  private let seed: UInt64
  /// How long a station is remembered.
  public var age: Interval
  /// How many stations are learned at one port; `nil` for as many as there is room for.
  public var portLimit: Int?
  /// How many there are at each port that has any, in no order.
  private var portCounts: [(port: PortNumber, count: Int)] = []
  /// The stations.
  public private(set) var count = 0
  /// How often a station was seen at another port than before.
  public private(set) var moveCount: UInt64 = 0
  /// How many gave way to others.
  public private(set) var evictionCount: UInt64 = 0
  /// How many were not learned: their port had its limit, or they were written down at another port.
  public private(set) var refusalCount: UInt64 = 0

  private static var groupSize: Int { 8 }

  /// Makes an empty table.
  ///
  /// - Parameters:
  ///   - capacity: How many stations; a power of two, at least 8, is made of it.
  ///   - age: How long a station is remembered.
  ///   - seed: Of its hash.
  init(capacity: Int, age: Interval, seed: UInt64) {
    var size = Self.groupSize
    while size < capacity { size *= 2 }
    places = Array(repeating: nil, count: size)
    self.age = age
    self.seed = seed
  }

  /// The port of a station that was seen not too long ago.
  func port(of address: MACAddress, vlan: UInt16, now: Instant) -> PortNumber? {
    guard let place = place(of: address, vlan), let station = places[place] else { return nil }
    return isRemembered(station, now) ? station.port : nil
  }

  /// Notes where a station is; true where that is news.
  mutating func learn(
    _ address: MACAddress, vlan: UInt16, at port: PortNumber, now: Instant
  ) -> Bool {
    if let place = place(of: address, vlan), let station = places[place] {
      guard station.port != port else {
        places[place]?.seenAt = now
        return station.seenAt + age <= now && !station.isStatic
      }
      guard !station.isStatic, hasRoom(at: port) else {
        refusalCount &+= 1
        return false
      }
      moveCount &+= 1
      write(Station(address: address, vlan: vlan, port: port, seenAt: now), to: place)
      return true
    }
    guard hasRoom(at: port), let place = placeForNew(address, vlan) else {
      refusalCount &+= 1
      return false
    }
    if let old = places[place], isRemembered(old, now) { evictionCount &+= 1 }
    write(Station(address: address, vlan: vlan, port: port, seenAt: now), to: place)
    return true
  }

  /// Writes a station down, which then is neither moved nor forgotten; false where all places that it may have
  /// are taken by others of its kind.
  mutating func insert(
    _ address: MACAddress, vlan: UInt16, at port: PortNumber, now: Instant
  ) -> Bool {
    guard let place = place(of: address, vlan) ?? placeForNew(address, vlan) else { return false }
    write(
      Station(address: address, vlan: vlan, port: port, seenAt: now, isStatic: true), to: place)
    return true
  }

  /// Forgets stations.
  mutating func forget(where isForgotten: (Station) -> Bool) {
    for place in places.indices {
      guard let station = places[place], isForgotten(station) else { continue }
      write(nil, to: place)
    }
  }

  /// Forgets stations that were silent too long.
  mutating func expire(now: Instant) {
    let age = age
    forget { !$0.isStatic && $0.seenAt + age <= now }
  }

  /// Calls `body` with each station that is remembered.
  public func forEach(now: Instant, _ body: (Station) -> Void) {
    for case let station? in places where isRemembered(station, now) { body(station) }
  }

  /// How many stations a port has.
  public func count(at port: PortNumber) -> Int {
    portCounts.first { $0.port == port }?.count ?? 0
  }

  // MARK: Places

  private func isRemembered(_ station: Station, _ now: Instant) -> Bool {
    station.isStatic || station.seenAt + age > now
  }

  private func hasRoom(at port: PortNumber) -> Bool {
    portLimit.map { count(at: port) < $0 } ?? true
  }

  private func place(of address: MACAddress, _ vlan: UInt16) -> Int? {
    let group = group(of: address, vlan)
    for place in group..<group + Self.groupSize {
      if let station = places[place], station.address == address, station.vlan == vlan {
        return place
      }
    }
    return nil
  }

  /// A free place, or that of the station that was silent longest.
  private func placeForNew(_ address: MACAddress, _ vlan: UInt16) -> Int? {
    let group = group(of: address, vlan)
    var oldest: Int?
    for place in group..<group + Self.groupSize {
      guard let station = places[place] else { return place }
      guard !station.isStatic else { continue }
      if let other = oldest.flatMap({ places[$0] }), other.seenAt <= station.seenAt { continue }
      oldest = place
    }
    return oldest
  }

  private mutating func write(_ station: Station?, to place: Int) {
    if let old = places[place] {
      count -= 1
      change(old.port, by: -1)
    }
    if let station {
      count += 1
      change(station.port, by: 1)
    }
    places[place] = station
  }

  private mutating func change(_ port: PortNumber, by difference: Int) {
    guard let index = portCounts.firstIndex(where: { $0.port == port }) else {
      portCounts.append((port, difference))
      return
    }
    portCounts[index].count += difference
    if portCounts[index].count == 0 { portCounts.remove(at: index) }
  }

  private func group(of address: MACAddress, _ vlan: UInt16) -> Int {
    let hash = FlowHash.finish(FlowHash.mix(seed, address.rawValue << 16 | UInt64(vlan)))
    return Int(truncatingIfNeeded: hash) & (places.count - 1) & ~(Self.groupSize - 1)
  }
}
