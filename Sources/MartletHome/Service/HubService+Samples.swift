internal import MartletDWN
internal import MartletDevice
internal import MartletHub

/// What is kept of how devices stood.
extension HubService {
  /// Keeps what has changed since it was last looked at.
  func sample() {
    let now = self.now
    for device in engine.devices.values where device.isKnown {
      note(.online, device.isConnected ? 1 : 0, device.id)
      switch device.reading(now: now) {
      case .inputs(let mask): note(.inputs, Int(mask), device.id)
      case .valves(let mask): note(.valves, Int(mask), device.id)
      default: break
      }
      if device.kind == .presence {
        note(.presence, Self.level(device.presence.state(now: now)), device.id)
      }
    }
  }

  private func note(_ kind: StoredSample.Kind, _ value: Int, _ device: String) {
    let key = SampleKey(device: device, kind: kind)
    guard lastSamples[key] != value else { return }
    lastSamples[key] = value
    keep { try store.keep(kind, value, of: device, now: WallClock.seconds) }
  }

  /// How surely somebody is here, as it is kept.
  private static func level(_ state: Presence.State) -> Int {
    switch state {
    case .away: 0
    case .unproved: 1
    case .proved: 2
    }
  }

  /// Of which device and what.
  struct SampleKey: Hashable {
    let device: String
    let kind: StoredSample.Kind
  }
}
