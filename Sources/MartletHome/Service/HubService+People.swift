internal import MartletDWN
internal import MartletDevice
public import MartletHub

/// What people want of a hub, and what they are shown.
extension HubService {
  /// Why something was not done, for a person.
  public struct Refusal: Error, CustomStringConvertible {
    /// What kind of no it is.
    public enum Reason: Sendable {
      /// It was asked wrongly.
      case invalid
      /// There is no such thing.
      case unknown
      /// It cannot be done as things stand.
      case impossible
    }

    /// One sentence.
    public let description: String
    /// What kind of no it is.
    public var reason = Reason.impossible
  }

  /// Every device, as it is shown now.
  public func views() -> [DeviceView] {
    let now = self.now
    let wall = WallClock.milliseconds
    func time(_ instant: Instant) -> Int64 { wall + (instant - now).microseconds / 1000 }
    return engine.sorted.map { device in
      let state = device.liveness.state(now: now)
      return DeviceView(
        id: device.id, name: device.name, label: labels[device.id] ?? "", kind: device.kind,
        address: device.address.description, firmware: device.firmware,
        standing: device.isConnected && state == .online
          ? .online : device.liveness.isSeen(now: now) ? .seen : .offline,
        isProved: device.isProved, isPaired: engine.isPaired(device.id),
        needsPairing: device.authentication == .required && !engine.isPaired(device.id),
        reading: device.reading(now: now),
        last: device.lastReport.map { (device.driver.reading, time($0)) },
        run: device.run.flatMap { Self.view($0, time) }, isStopping: device.closing != nil,
        doesNotClose: device.saidThatItDoesNotClose,
        rival: device.hasRival(now: now) ? device.rival?.address.description : nil,
        presence: device.presence.state(now: now), faultCount: device.faultCount,
        connectCount: device.connectCount, lastHeard: time(device.lastHeard))
    }
  }

  private static func view(_ run: SequenceRun, _ time: (Instant) -> Int64) -> DeviceView.Run? {
    guard !run.isFinished else { return nil }
    let part = run.parts[run.part]
    var until: Int64?
    var isPaused = false
    let state: String
    switch run.state {
    case .opening: state = "Opening"
    case .open(let instant):
      state = "Watering"
      until = time(instant)
    case .resting: state = "Resting between two parts"
    case .paused:
      state = "Paused"
      isPaused = true
    case .away(_, let instant):
      state = "Node is away; its valve closes by itself"
      until = time(instant)
    case .unknown: state = "Unknown: waiting for the node"
    case .stopping: state = "Stopping"
    case .finished: return nil
    }
    return DeviceView.Run(
      sequence: run.sequence, step: part.step, valve: part.valve, state: state, until: until,
      isPaused: isPaused)
  }

  /// Begins a sequence on a device. It is written down before the first valve opens.
  public func begin(_ sequence: WateringSequence, name: String, on id: String) throws {
    guard let device = engine.devices[id], device.kind == .irrigation else {
      throw Refusal(description: "There is no irrigation controller '\(id)'.", reason: .unknown)
    }
    guard device.isConnected else {
      throw Refusal(
        description: "\(id) is not connected, so nothing was opened; try again when it is online.")
    }
    guard device.authentication != .required || engine.isPaired(id) else {
      throw Refusal(
        description:
          "\(id) obeys only a hub that it is paired with, so nothing was opened; pair it on its page."
      )
    }
    guard
      let number = try store.createRun(
        device: id, name: name, text: sequence.text, now: WallClock.seconds)
    else { return }
    var effects: [DeviceEffect] = []
    _ = engine.begin(sequence, run: number, on: id, now: now, &effects)
    apply(effects)
  }

  /// Stops water on a device, or on all.
  public func stop(_ id: String? = nil) {
    var effects: [DeviceEffect] = []
    engine.stop(id, now: now, &effects)
    apply(effects)
  }

  /// Does something with a run that is under way.
  public func change(_ wish: HubEngine.RunWish, on id: String) {
    var effects: [DeviceEffect] = []
    engine.change(wish, on: id, now: now, &effects)
    apply(effects)
  }

  /// Changes a light.
  public func change(_ light: LightChange, of id: String) throws {
    var effects: [DeviceEffect] = []
    guard engine.change(light, of: id, now: now, &effects) else {
      throw Refusal(description: "\(id) is no light that is connected; nothing was changed.")
    }
    apply(effects)
  }

  /// Adds a node that is not heard, by its address.
  public func add(id: String, name: String, at address: DeviceAddress) {
    var effects: [DeviceEffect] = []
    engine.add(id: id, name: name, at: address, now: now, &effects)
    apply(effects)
  }

  /// Gives a device a name for people.
  public func rename(_ id: String, _ label: String) throws {
    guard engine.devices[id] != nil else {
      throw Refusal(description: "There is no device '\(id)'.", reason: .unknown)
    }
    labels[id] = String(label.prefix(40))
    try store.rename(device: id, String(label.prefix(40)))
    apply([.changed(device: id)])
  }

  /// What was counted.
  public var counters: HubEngine.Counters { engine.counters }

  // MARK: Schedules

  /// Adds a schedule; what lies before now was never meant.
  public func addSchedule(device: String, sequence: Int64, days: UInt8, minute: Int) throws {
    guard engine.devices[device]?.kind == .irrigation else {
      throw Refusal(description: "There is no irrigation controller '\(device)'.", reason: .unknown)
    }
    guard try store.sequences().contains(where: { $0.id == sequence }) else {
      throw Refusal(description: "There is no such sequence; make one first.", reason: .unknown)
    }
    guard days & 127 != 0, (0...1439).contains(minute) else {
      throw Refusal(description: "A schedule needs a day of the week and a time of day.")
    }
    let schedule = Schedule(.weekly(days & 127), at: .minute(minute))
    try store.addSchedule(
      device: device, sequence: sequence, days: days & 127, minute: minute,
      clock: ScheduleClock(for: schedule, now: WallClock.seconds, in: place))
  }

  /// Puts a schedule in force, or out of it.
  public func setSchedule(_ id: Int64, isEnabled: Bool) throws {
    guard let old = try store.schedules().first(where: { $0.id == id }) else {
      throw Refusal(description: "There is no such schedule.", reason: .unknown)
    }
    var schedule = old.schedule
    schedule.isEnabled = true
    try store.setSchedule(
      id, isEnabled: isEnabled,
      clock: ScheduleClock(for: schedule, now: WallClock.seconds, in: place))
  }

  /// The next five times of a schedule, in seconds since 1970, UTC.
  public func next(_ schedule: Schedule) -> [(date: CivilDate, instant: Int64)] {
    schedule.next(5, after: WallClock.seconds, in: place)
  }

  /// What clocks show here at an instant.
  public func local(_ instant: Int64) -> (date: CivilDate, second: Int) {
    place.zone.local(instant)
  }

  /// What is due is decided on disk before it is begun: at most once each, whatever happens.
  func pollSchedules() {
    guard let schedules = try? store.schedules(), !schedules.isEmpty else { return }
    for stored in schedules {
      var clock = stored.clock
      let decisions = clock.poll(stored.schedule, now: WallClock.seconds, in: place)
      guard !decisions.isEmpty, (try? store.decide(schedule: stored.id, clock)) != nil else {
        continue
      }
      for decision in decisions { act(on: decision, of: stored) }
    }
  }

  private func act(on decision: ScheduleClock.Decision, of stored: StoredSchedule) {
    switch decision {
    case .missed(_, let seconds):
      log("A schedule was missed by \(seconds / 60) min and not made up for", stored.device)
    case .begin(let date):
      if let delay = try? store.setting("rainDelay").flatMap({ Int64($0) }),
        delay > WallClock.seconds
      {
        return log("A schedule was left out: rain delay", stored.device)
      }
      guard let named = try? store.sequences().first(where: { $0.id == stored.sequence }) else {
        return
      }
      guard engine.devices[stored.device]?.isConnected == true else {
        return log("A schedule could not begin: the node is not connected", stored.device)
      }
      guard
        let number = try? store.createRun(
          device: stored.device, name: named.name, text: named.sequence.text,
          now: WallClock.seconds, schedule: stored.id, day: date.number)
      else { return }
      var effects: [DeviceEffect] = []
      _ = engine.begin(named.sequence, run: number, on: stored.device, now: now, &effects)
      apply(effects)
    }
  }
}
