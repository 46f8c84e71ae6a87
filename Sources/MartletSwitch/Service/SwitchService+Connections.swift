internal import MartletDevice
internal import MartletFlow
internal import MartletReadiness
internal import MartletWire

// What connection tracking holds, for people.

extension SwitchService {
  /// The connections that a bridge's flows follow, or that a gateway translates; those of one zone, or all.
  public func connections(
    of name: String, zone: UInt16? = nil
  ) async throws(SwitchError) -> [TrackedConnection] {
    let now = MonotonicClock.now
    var connections: [TrackedConnection] = []
    func add(_ connection: Connection) {
      guard zone == nil || connection.original.zone == zone, connection.deadline > now else {
        return
      }
      connections.append(TrackedConnection(connection, now: now))
    }
    if let uplink = await gateways.uplink(of: name) {
      uplink.translator.tracker.forEach(add)
    } else {
      try bridge(named: name).datapath.tracker.forEach(add)
    }
    return connections
  }

  /// Forgets them; returns how many there were.
  @discardableResult
  public func flushConnections(
    of name: String, zone: UInt16? = nil
  ) throws(SwitchError) -> Int {
    let bridge = try bridge(named: name)
    let before = bridge.datapath.tracker.count
    bridge.datapath.tracker.flush(zone: zone)
    return before - bridge.datapath.tracker.count
  }
}
