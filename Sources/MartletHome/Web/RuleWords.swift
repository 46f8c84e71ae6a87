internal import MartletHub

/// Rules in words, and what can be chosen in a house.
struct RuleWords {
  let devices: [DeviceView]
  let sequences: [StoredSequence]

  // MARK: Choices

  var triggers: [Rule.Trigger] {
    devices.flatMap { device -> [Rule.Trigger] in
      let id = device.id
      let standing: [Rule.Trigger] = [
        .node(device: id, isOnline: false), .node(device: id, isOnline: true),
      ]
      switch device.kind {
      case .alarm:
        return (0..<2).flatMap { number in
          [true, false].map { .input(device: id, number: number, isActive: $0) }
        } + standing
      case .presence:
        return Rule.PresenceLevel.allCases.reversed().map { .presence(device: id, $0) }
      case .irrigation, .light, .unknown: return standing
      }
    }
  }

  var conditions: [Rule.Condition] {
    devices.flatMap { device -> [Rule.Condition] in
      let id = device.id
      switch device.kind {
      case .alarm:
        return (0..<2).flatMap { number in
          [true, false].map { .input(device: id, number: number, isActive: $0) }
        }
      case .presence: return Rule.PresenceLevel.allCases.map { .presence(device: id, $0) }
      case .irrigation, .light, .unknown: return []
      }
    }
  }

  var actions: [Rule.Action] {
    [.notify, .stopWater]
      + devices.flatMap { device -> [Rule.Action] in
        switch device.kind {
        case .light: [true, false].map { .light(device: device.id, isOn: $0) }
        case .irrigation: sequences.map { .run(device: device.id, sequence: $0.id) }
        case .alarm, .presence, .unknown: []
        }
      }
  }

  // MARK: Words

  func text(_ trigger: Rule.Trigger) -> String {
    switch trigger {
    case .input(let device, let number, let isActive):
      "input \(number + 1) of \(name(device)) becomes \(isActive ? "active" : "quiet")"
    case .presence(let device, .away): "\(name(device)) goes away"
    case .presence(let device, .home): "\(name(device)) comes home, proved or not"
    case .presence(let device, .proved): "\(name(device)) comes home, proved"
    case .node(let device, true): "\(name(device)) comes online"
    case .node(let device, false): "\(name(device)) goes offline"
    case .time(let minute): "it is \(Pages.time(minute))"
    }
  }

  func text(_ condition: Rule.Condition) -> String {
    switch condition {
    case .input(let device, let number, let isActive):
      "input \(number + 1) of \(name(device)) is \(isActive ? "active" : "quiet")"
    case .presence(let device, .away): "\(name(device)) is away"
    case .presence(let device, .home): "\(name(device)) is home, proved or not"
    case .presence(let device, .proved): "\(name(device)) is home, proved"
    case .between(let from, let to):
      "it is between \(Pages.time(from)) and \(Pages.time(to))"
    }
  }

  func text(_ action: Rule.Action) -> String {
    switch action {
    case .stopWater: return "stop all water"
    case .light(let device, let isOn): return "switch \(name(device)) \(isOn ? "on" : "off")"
    case .run(let device, let sequence):
      let named = sequences.first { $0.id == sequence }?.name ?? "a sequence that was removed"
      return "run \(named) on \(name(device))"
    case .notify: return "tell people"
    }
  }

  private func name(_ id: String) -> String { devices.first { $0.id == id }?.title ?? id }
}
