public import MartletDevice

/// A strip of light: states, transitions, presets and effects. It says what is to be seen; a
/// ``PulseTrain`` makes pulses of it.
public struct LightEngine<Memory: Storage & ~Copyable>: ~Copyable {
  /// The time that a change takes unless another is said.
  public static var usualTransition: Interval { .milliseconds(400) }

  /// How often what is seen is looked at anew while it moves: every fourth pulse.
  public static var frameTime: Interval { .milliseconds(8) }

  /// How long a state must last to be remembered, so that a slider does not wear storage.
  public static var settleTime: Interval { .seconds(5) }

  private static var layout: UInt8 { 1 }
  private static var presetCount: Int { 8 }

  private var memory: Memory
  private var presets: InlineArray<8, LightState>
  private var from = LightLevels.black
  private var changed: Instant
  private var transition = Interval.zero
  private var rememberAt: Instant?
  private var isAtRest = false
  /// The revision that a hub was told last.
  var toldRevision: UInt32 = 0

  /// What it shows, or is on its way to.
  public private(set) var state: LightState

  /// What it does when power comes.
  public private(set) var powerUp = PowerUpPolicy.last

  /// How often the state was changed.
  public private(set) var revision: UInt32 = 0

  /// Starts as the power-up policy says, at once and without a transition.
  public init(memory: consuming Memory, now: Instant) {
    var warm = LightState()
    warm.isOn = true
    warm.color = LightColor(red: 255, green: 214, blue: 170)
    presets = InlineArray(repeating: warm)
    state = LightState()
    changed = now
    let record = memory.read(.light)
    self.memory = memory
    restore(record)
  }

  /// A preset, 1 to 8.
  public func preset(_ number: Int) -> LightState? {
    (1...Self.presetCount).contains(number) ? presets[number - 1] : nil
  }

  // MARK: Commands

  /// Does what it is told. Throws `outdated` when the command was meant for another revision.
  public mutating func handle(
    _ command: LightCommand, now: Instant
  ) throws(LightCommandError) {
    if let wanted = command.revision, wanted != revision { throw .outdated }
    var next = state
    if let number = command.preset, let preset = preset(number) { next = preset }
    if let color = command.color { (next.color, next.effect) = (color, .none) }
    if let effect = command.effect { next.effect = effect }
    if let brightness = command.brightness, brightness > 0 { next.brightness = brightness }
    if command.brightness == 0 { next.isOn = false }
    if let isOn = command.isOn { next.isOn = isOn }
    if let saved = command.saved, preset(saved) != nil { presets[saved - 1] = next }
    if let powerUp = command.powerUp { self.powerUp = powerUp }
    // What is seen now is where the change starts, even in the middle of another.
    from = levels(at: now)
    state = next
    changed = now
    isAtRest = false
    transition = command.transition ?? Self.usualTransition
    revision &+= 1
    rememberAt = now + Self.settleTime
  }

  // MARK: What is to be seen

  /// What is to be seen now.
  public func levels(at now: Instant) -> LightLevels {
    let time = max(0, (now - changed).microseconds)
    let goal =
      state.isOn
      ? state.effect.levels(
        state.levels, color: state.color, brightness: state.brightness, after: time) : .black
    guard time < transition.microseconds else { return goal }
    return from.moved(to: goal, time, of: transition.microseconds)
  }

  /// Takes note that what is to be seen at this time has been shown, and remembers what lasts.
  public mutating func poll(now: Instant) {
    let time = (now - changed).microseconds
    isAtRest =
      time >= transition.microseconds && (!state.isOn || state.effect.isAtRest(after: time))
    if let due = rememberAt, due <= now {
      rememberAt = nil
      _ = memory.write(record, to: .light)
    }
  }

  /// When to look again after `now`: soon while something moves; `nil` when nothing does.
  public func nextDeadline(after now: Instant) -> Instant? {
    earliest(isAtRest ? nil : now + Self.frameTime, rememberAt)
  }

  // MARK: Storage

  private var record: [UInt8] {
    var bytes = [Self.layout, powerUp.byte] + state.record
    for preset in 0..<Self.presetCount { bytes += presets[preset].record }
    return bytes
  }

  private mutating func restore(_ record: [UInt8]?) {
    let size = LightState.byteCount
    guard let record, record.count == 2 + (1 + Self.presetCount) * size,
      record[0] == Self.layout, let policy = PowerUpPolicy(record[1]),
      let last = LightState(record[2..<2 + size])
    else { return }
    powerUp = policy
    for number in 0..<Self.presetCount {
      let start = 2 + (1 + number) * size
      if let preset = LightState(record[start..<start + size]) { presets[number] = preset }
    }
    switch policy {
    case .off:
      state = last
      state.isOn = false
    case .last: state = last
    case .preset(let number): state = preset(number) ?? last
    }
  }
}
