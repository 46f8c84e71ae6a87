public import MartletDevice
public import MartletWire

/// Which port a station was last seen at, for each VLAN: what `normal` learns.
///
/// A fixed number of places in groups of eight; the station that was silent longest gives way. Stations are
/// forgotten after their age, and told by the seeded hash where they lie.
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
  }

  private var places: [Station?]
  private let seed: UInt64
  /// How long a station is remembered.
  public var age: Interval
  /// The stations.
  public private(set) var count = 0
  /// How often a station was seen at another port than before.
  public private(set) var moveCount: UInt64 = 0
  /// How many gave way to others.
  public private(set) var evictionCount: UInt64 = 0

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
    let group = group(of: address, vlan)
    for place in group..<group + Self.groupSize {
      guard let station = places[place], station.address == address, station.vlan == vlan else {
        continue
      }
      return station.seenAt + age > now ? station.port : nil
    }
    return nil
  }

  /// Notes where a station is; true where that is news.
  mutating func learn(
    _ address: MACAddress, vlan: UInt16, at port: PortNumber, now: Instant
  ) -> Bool {
    let group = group(of: address, vlan)
    var oldest = group
    for place in group..<group + Self.groupSize {
      guard let station = places[place] else {
        oldest = place
        continue
      }
      if station.address == address, station.vlan == vlan {
        let isNews = station.port != port || station.seenAt + age <= now
        if station.port != port { moveCount &+= 1 }
        places[place]?.port = port
        places[place]?.seenAt = now
        return isNews
      }
      if let other = places[oldest], station.seenAt < other.seenAt { oldest = place }
    }
    if let old = places[oldest] {
      if old.seenAt + age > now { evictionCount &+= 1 }
    } else {
      count += 1
    }
    places[oldest] = Station(address: address, vlan: vlan, port: port, seenAt: now)
    return true
  }

  /// Forgets stations.
  mutating func forget(where isForgotten: (Station) -> Bool) {
    for place in places.indices {
      guard let station = places[place], isForgotten(station) else { continue }
      places[place] = nil
      count -= 1
    }
  }

  /// Calls `body` with each station that is remembered.
  public func forEach(now: Instant, _ body: (Station) -> Void) {
    for case let station? in places where station.seenAt + age > now { body(station) }
  }

  private func group(of address: MACAddress, _ vlan: UInt16) -> Int {
    let hash = FlowHash.finish(FlowHash.mix(seed, address.rawValue << 16 | UInt64(vlan)))
    return Int(truncatingIfNeeded: hash) & (places.count - 1) & ~(Self.groupSize - 1)
  }
}
