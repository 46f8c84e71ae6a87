internal import MartletDevice
internal import MartletFlow
internal import MartletReadiness
internal import MartletWire

// What connection tracking holds, for people.

extension SwitchService {
  /// The connections that a bridge's flows follow; those of one zone, or all.
  public func connections(
    of name: String, zone: UInt16? = nil
  ) throws(SwitchError) -> [TrackedConnection] {
    let bridge = try bridge(named: name)
    let now = MonotonicClock.now
    var connections: [TrackedConnection] = []
    bridge.datapath.tracker.forEach { connection in
      guard zone == nil || connection.original.zone == zone, connection.deadline > now else {
        return
      }
      connections.append(TrackedConnection(connection, now: now))
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
