public import MartletDWN
public import MartletDevice

/// How the hub comes to share a key with a node.
extension HubEngine {
  /// Whether the hub shares a key with a node.
  public func isPaired(_ id: String) -> Bool { keys[id] != nil }

  /// Connects to a node by the code that it shows: `paired` or `notPaired` tells how that went.
  /// False when there is no such device.
  public mutating func pair(
    _ id: String, by code: PairingCode, now: Instant, _ effects: inout [DeviceEffect]
  ) -> Bool {
    guard devices[id] != nil, let name = ShortText(Array(id.utf8)) else { return false }
    if let link = devices[id]?.link { drop(link.id, now: now, &effects) }
    devices[id]?.pairing = code.key(for: name)
    devices[id]?.failures = 0
    devices[id]?.nextAttempt = now
    connectIfDue(id, now: now, &effects)
    if devices[id]?.link == nil {
      refusePairing(id, "is not heard at the moment", now: now, &effects)
    }
    return true
  }

  /// Forgets the key that a node shares with the hub.
  public mutating func unpair(_ id: String, now: Instant, _ effects: inout [DeviceEffect]) {
    keys[id] = nil
    if let link = devices[id]?.link { drop(link.id, now: now, &effects) }
    effects.append(.changed(device: id))
  }

  mutating func refusePairing(
    _ id: String, _ reason: String, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    devices[id]?.pairing = nil
    effects.append(.notPaired(device: id, reason))
  }
}
