internal import MartletDWN
public import MartletDevice

/// What people and schedules want of devices.
extension HubEngine {
  /// Begins a run, and ends the one before. False when the device is none of ours, has no valves, or
  /// is not connected.
  public mutating func begin(
    _ sequence: WateringSequence, run number: Int64, on id: String, now: Instant,
    _ effects: inout [DeviceEffect]
  ) -> Bool {
    guard let device = devices[id], device.kind == .irrigation, device.isConnected else {
      return false
    }
    if let old = device.run, !old.isFinished {
      effects.append(
        .save(device: id, run: device.runNumber, old.record, isFinished: true))
      effects.append(.finished(device: id, run: device.runNumber, .stopped))
    }
    var actions: [RunAction] = []
    devices[id]?.runNumber = number
    devices[id]?.closing = nil
    devices[id]?.run = SequenceRun(sequence, now: now, actions: &actions)
    perform(actions, on: id, now: now, &effects)
    effects.append(.changed(device: id))
    return true
  }

  /// Takes up a run that the hub had on disk when it was ended. It waits for its node.
  public mutating func takeUp(
    _ record: SequenceRun.Record, run number: Int64, on id: String, now: Instant
  ) -> Bool {
    guard devices[id] != nil, let run = SequenceRun(record, now: now) else { return false }
    devices[id]?.run = run
    devices[id]?.runNumber = number
    return true
  }

  /// What can be done with a run that is under way.
  public enum RunWish: Sendable {
    /// Close, and keep what is left.
    case pause
    /// Go on.
    case resume
    /// Go on with the next step.
    case skip
  }

  /// Does something with the run that is under way.
  public mutating func change(
    _ wish: RunWish, on id: String, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    var actions: [RunAction] = []
    switch wish {
    case .pause: devices[id]?.run?.pause(now: now, &actions)
    case .resume: devices[id]?.run?.resume(now: now, &actions)
    case .skip: devices[id]?.run?.skip(now: now, &actions)
    }
    perform(actions, on: id, now: now, &effects)
    effects.append(.changed(device: id))
  }

  /// Stops water on a device, or on all: the command goes out before anything else is done, also when
  /// nothing is known to run.
  public mutating func stop(
    _ id: String? = nil, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    let chosen = devices.values.filter {
      $0.kind == .irrigation && (id == nil || $0.id == id)
    }.map(\.id)
    for id in chosen {
      send(.closeAll, to: id, now: now, &effects)
      if devices[id]?.driver.reading != .valves(0) || devices[id]?.isConnected != true {
        devices[id]?.closing = now
        devices[id]?.saidThatItDoesNotClose = false
      }
    }
    for id in chosen {
      var actions: [RunAction] = []
      devices[id]?.run?.stop(now: now, &actions)
      perform(actions, on: id, now: now, &effects)
      effects.append(.changed(device: id))
    }
  }

  /// Tells a light what to do; false when the device is no light, or not connected.
  public mutating func change(
    _ change: LightChange, of id: String, now: Instant, _ effects: inout [DeviceEffect]
  ) -> Bool {
    guard let device = devices[id], device.kind == .light, device.isConnected else { return false }
    return send(.light(change), to: id, now: now, &effects)
  }

  /// Sends a command; false when the device knows none such, or is not connected.
  @discardableResult
  mutating func send(
    _ command: DeviceCommand, to id: String, now: Instant, _ effects: inout [DeviceEffect]
  ) -> Bool {
    guard let device = devices[id], let link = device.link, link.isReady else { return false }
    // Sealed, a node takes the seconds as they are.
    if case .open(let valve, let seconds) = command,
      let sealed = link.opening(valve: valve, seconds: seconds)
    {
      effects.append(.send(link.id, sealed))
      return true
    }
    guard
      let bytes = device.driver.bytes(
        for: command, takesDuration: device.capabilities.contains(.duration))
    else { return false }
    effects.append(.send(link.id, link.wrap(bytes)))
    return true
  }

  mutating func perform(
    _ actions: [RunAction], on id: String, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    for action in actions {
      guard let device = devices[id], let run = device.run else { return }
      switch action {
      case .save:
        effects.append(
          .save(
            device: id, run: device.runNumber, run.record, isFinished: run.isFinished))
      case .open(let valve, let seconds):
        send(.open(valve: valve, seconds: seconds), to: id, now: now, &effects)
      case .closeAll: send(.closeAll, to: id, now: now, &effects)
      case .finished(let outcome):
        effects.append(.finished(device: id, run: device.runNumber, outcome))
        effects.append(.changed(device: id))
      case .alarm:
        devices[id]?.saidThatItDoesNotClose = true
        effects.append(.event(device: id, .doesNotClose))
      }
    }
  }
}
