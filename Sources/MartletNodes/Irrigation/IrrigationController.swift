public import MartletDWN
public import MartletDevice

/// Four valves that are safe alone.
///
/// Whatever a network says and whatever it does not say: all is closed from the first moment on, at
/// most one valve is open, none for longer than thirty minutes at a stretch, none for longer than
/// its day allows. The thirty minutes are compiled in, and to open an open valve again never makes
/// its time longer.
///
/// One event goes in at a time and each takes a bounded number of steps. Somebody must call ``poll``
/// at ``nextDeadline``: a timer's interrupt, or a loop that a watchdog proves alive. After a reset
/// everything is closed.
public struct IrrigationController<Pins: GPIO & ~Copyable, Memory: Storage & ~Copyable>: ~Copyable {
  /// The longest stretch.
  public static var hardLimit: Interval { .seconds(1800) }

  /// How long everything stays closed between two valves.
  public static var breakTime: Interval { .milliseconds(50) }

  /// The events that wait to be told; when there are more, the oldest is gone.
  static var eventCount: Int { 8 }

  private struct Run {
    let valve: Int
    let start: Instant
    var deadline: Instant
    var end: ValveEnd
  }

  private struct Waiting {
    let valve: Int
    let duration: Interval?
    let start: Instant
  }

  private var valves: ValveBank<Pins>
  private var memory: Memory
  private let settings: IrrigationSettings
  private var use: DailyUse
  private var run: Run?
  private var waiting: Waiting?
  private var lastClosed: Instant?
  private var hubLoss: Instant?
  private var events: [ValveEvent] = []

  /// The valve whose output is not as it should be. Nothing opens before the next reset.
  public private(set) var stuckValve: Int?

  /// Whether the mask has changed since `takeChange`.
  public private(set) var hasChanged = false

  /// How often storage could not be written; the limits hold all the same until the next reset.
  public private(set) var storageFailures = 0

  /// Closes everything, and then looks at what it remembers.
  public init(
    pins: consuming Pins, memory: consuming Memory,
    settings: IrrigationSettings = IrrigationSettings(), now: Instant
  ) {
    valves = ValveBank(pins, on: settings.pins)
    use = DailyUse(memory.read(.dailyUse), now: now)
    self.memory = memory
    self.settings = settings
    events.reserveCapacity(Self.eventCount)
  }

  // MARK: What is so

  /// The open valve as a mask; bit 0 is valve A.
  public var mask: UInt8 {
    guard let valve = valves.open else { return 0 }
    return 1 << UInt8(truncatingIfNeeded: valve)
  }

  /// The open valve and when it closes by itself; `nil` when all are closed.
  public var openValve: (valve: Int, deadline: Instant)? {
    run.map { ($0.valve, $0.deadline) }
  }

  /// How long a valve was open in the last 24 hours, runs under way not counted.
  public func dailyUse(of valve: Int) -> Interval { use.total(valve) }

  /// Whether the mask has changed since it was last asked.
  public mutating func takeChange() -> Bool {
    defer { hasChanged = false }
    return hasChanged
  }

  /// The oldest event that was not told; `nil` when there is none.
  public mutating func takeEvent() -> ValveEvent? {
    events.isEmpty ? nil : events.removeFirst()
  }

  // MARK: What comes

  /// Does what a hub says. Whether the hub may say it is the caller's to know.
  public mutating func handle(_ command: ValveCommand, now: Instant) {
    poll(now: now)
    switch command {
    case .closeAll:
      waiting = nil
      end(.command, now: now)
    case .close(let valve):
      if waiting?.valve == valve { waiting = nil }
      if run?.valve == valve { end(.command, now: now) }
    case .open(let valve, let minutes):
      guard (0..<ValveCommand.valveCount).contains(valve) else { return }
      open(valve, for: minutes.map { .seconds(60 * Int64($0)) }, now: now)
    }
  }

  /// Opens a valve for some seconds, as an authenticated hub may say.
  public mutating func open(_ valve: Int, seconds: UInt16, now: Instant) {
    poll(now: now)
    guard (0..<ValveCommand.valveCount).contains(valve), seconds > 0 else { return }
    open(valve, for: .seconds(Int64(seconds)), now: now)
  }

  /// Takes note that the hub is there, or is not.
  public mutating func setHub(isPresent: Bool, now: Instant) {
    poll(now: now)
    if isPresent {
      hubLoss = nil
    } else if hubLoss == nil {
      hubLoss = now
    }
  }

  /// Does what time asks for, and looks whether the outputs are as they should be.
  public mutating func poll(now: Instant) {
    if stuckValve == nil, let stuck = valves.stuckValve { fail(stuck, now: now) }
    if let run, run.deadline <= now { end(run.end, now: now) }
    if let lossDeadline, lossDeadline <= now { end(.hubLost, now: now) }
    if use.advance(to: now, open: run?.valve, longest: Self.hardLimit) { remember() }
    if let waiting, waiting.start <= now { start(waiting, now: now) }
  }

  /// When `poll` is next needed.
  public var nextDeadline: Instant {
    var deadline = use.nextDeadline
    if let run { deadline = min(deadline, run.deadline) }
    if let waiting { deadline = min(deadline, waiting.start) }
    if let lossDeadline { deadline = min(deadline, lossDeadline) }
    return deadline
  }

  /// A command may come from elsewhere while the hub is away: its run has this time from its start.
  private var lossDeadline: Instant? {
    guard let hubLoss, let run, let time = settings.timeWithoutHub else { return nil }
    return max(hubLoss, run.start) + time
  }

  // MARK: Runs

  private mutating func open(_ valve: Int, for duration: Interval?, now: Instant) {
    if var run, run.valve == valve {
      if let duration, now + duration < run.deadline {
        run.deadline = now + duration
        run.end = .duration
      }
      self.run = run
      return
    }
    // Who asks for one valve wants the others closed, whatever becomes of this one.
    end(.command, now: now)
    waiting = nil
    guard stuckValve == nil else { return note(.refused(valve: valve, .fault)) }
    let start = lastClosed.map { max(now, $0 + Self.breakTime) } ?? now
    let next = Waiting(valve: valve, duration: duration, start: start)
    if start <= now {
      self.start(next, now: now)
    } else {
      waiting = next
    }
  }

  private mutating func start(_ next: Waiting, now: Instant) {
    waiting = nil
    let allowance = dailyLimit - use.total(next.valve)
    guard allowance > .zero else { return note(.refused(valve: next.valve, .dailyLimit)) }
    var time = Self.hardLimit
    var end = ValveEnd.hardLimit
    if let duration = next.duration, duration <= time { (time, end) = (duration, .duration) }
    if allowance < time { (time, end) = (allowance, .dailyLimit) }
    if use.reserve(next.valve, longest: Self.hardLimit) { remember() }
    run = Run(valve: next.valve, start: now, deadline: now + time, end: end)
    valves.open(next.valve)
    hasChanged = true
  }

  private var dailyLimit: Interval {
    max(.zero, min(settings.dailyLimit, IrrigationSettings.longestDay))
  }

  /// Closes everything, and counts the run that this ends, if there was one.
  private mutating func end(_ reason: ValveEnd, now: Instant) {
    valves.close()
    guard let ended = run else { return }
    run = nil
    lastClosed = now
    hasChanged = true
    use.charge(ended.valve, now - ended.start)
    if reason != .command {
      note(.ended(valve: ended.valve, after: now - ended.start, reason))
    }
  }

  private mutating func fail(_ valve: Int, now: Instant) {
    stuckValve = valve
    waiting = nil
    end(.fault, now: now)
  }

  private mutating func note(_ event: ValveEvent) {
    if events.count == Self.eventCount { events.removeFirst() }
    events.append(event)
  }

  private mutating func remember() {
    if !memory.write(use.record, to: .dailyUse) { storageFailures += 1 }
  }
}
