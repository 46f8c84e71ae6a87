public import MartletDevice

/// One run of a sequence on one node, without I/O: what happens goes in, what is to be done comes
/// out. A wall clock is never asked, so that setting it changes nothing.
///
/// The node counts every part's time itself, so a run never gives more water than was planned,
/// whoever fails: what was begun is never begun again unless it is known how much is left.
public struct SequenceRun: Sendable {
  /// How long a node may take to report that it did what it was told.
  public static var patience: Interval { .seconds(3) }
  /// How often it is told.
  static var attempts: Int { 3 }
  /// How long everything is closed between two parts of a step.
  public static var gap: Interval { .seconds(5) }
  /// How much before its time a part may end and still count as whole: clocks differ.
  static var tolerance: Interval { .seconds(2) }

  /// Where the run stands.
  public enum State: Equatable, Sendable {
    /// The node is told, and its report is awaited.
    case opening(asked: Instant, attempt: Int, left: Interval)
    /// The valve is open and closes then.
    case open(until: Instant)
    /// All is closed until the next part.
    case resting(until: Instant)
    /// Somebody paused it; so much of the part is left.
    case paused(left: Interval)
    /// The node is away since then; its valve closes by itself at `until`, if it is open.
    case away(since: Instant, until: Instant)
    /// The node is away, and nobody knows since when: the hub has begun anew.
    case unknown(since: Instant)
    /// The node was told to close everything, and its report is awaited.
    case stopping(asked: Instant, RunOutcome, hasAlarmed: Bool)
    /// It is over.
    case finished(RunOutcome)
  }

  /// What must survive the hub.
  public struct Record: Equatable, Sendable {
    /// What is run.
    public var sequence: WateringSequence
    /// The part that was last told to the node.
    public var part: Int
    /// Whether it was paused, and how many milliseconds of the part were left.
    public var pausedLeft: Int64?
    /// Whether it was on its way to its end: everything is to be closed, and nothing opened.
    public var isEnding: Bool

    /// Takes all parts.
    public init(
      sequence: WateringSequence, part: Int, pausedLeft: Int64? = nil, isEnding: Bool = false
    ) {
      self.sequence = sequence
      self.part = part
      self.pausedLeft = pausedLeft
      self.isEnding = isEnding
    }
  }

  /// What is run.
  public let sequence: WateringSequence
  /// What the node is told, one after the other.
  public let parts: [SequencePart]
  /// How long the node may be away.
  public let longestAbsence: Interval
  /// The part that is on, or is next.
  public private(set) var part = 0
  /// Where the run stands.
  public private(set) var state: State
  private var isConnected = true
  /// What the node reported last; `nil` when that is no longer known.
  private var lastMask: UInt8?

  /// Begins a run: the first thing to do is to keep its record.
  public init(
    _ sequence: WateringSequence, longestAbsence: Interval = .seconds(1800), now: Instant,
    actions: inout [RunAction]
  ) {
    self.sequence = sequence
    self.longestAbsence = longestAbsence
    parts = sequence.parts
    state = .resting(until: now)
    begin(left: .seconds(Int64(parts[0].seconds)), now: now, &actions)
  }

  /// Takes a run up again after the hub was gone; `nil` for a record that makes no sense. It waits
  /// for its node.
  public init?(
    _ record: Record, longestAbsence: Interval = .seconds(1800), now: Instant
  ) {
    sequence = record.sequence
    self.longestAbsence = longestAbsence
    parts = record.sequence.parts
    guard parts.indices.contains(record.part) else { return nil }
    part = record.part
    isConnected = false
    state = .unknown(since: now)
    if let left = record.pausedLeft { state = .paused(left: .milliseconds(max(0, left))) }
    if record.isEnding { state = .stopping(asked: now, .stopped, hasAlarmed: false) }
  }

  /// What must survive the hub.
  public var record: Record {
    var record = Record(sequence: sequence, part: part)
    switch state {
    case .paused(let left): record.pausedLeft = left.microseconds / 1000
    case .stopping, .finished: record.isEnding = true
    default: break
    }
    return record
  }

  /// Whether it is over.
  public var isFinished: Bool {
    if case .finished = state { return true }
    return false
  }

  // MARK: The node

  /// Takes the node's report of which valves are open; bit 0 is A.
  public mutating func report(_ mask: UInt8, now: Instant, _ actions: inout [RunAction]) {
    lastMask = mask
    let isOpen = mask >> UInt8(truncatingIfNeeded: parts[part].valve) & 1 == 1
    switch state {
    case .opening(_, _, let left):
      if isOpen { state = .open(until: now + left) }
    case .open(let until):
      guard !isOpen else { return }
      // How long an adopted one has is the node's to know.
      if isAdopted || until - now <= Self.tolerance {
        endPart(now: now, &actions)
      } else {
        stop(.cutOff(step: parts[part].step), now: now, &actions)
      }
    case .away(_, let until):
      comeBack(isOpen: isOpen, until: until, now: now, &actions)
    case .unknown:
      if isOpen {
        // The node closes it in time; how soon is not known, so no later than in a whole part.
        state = .open(until: now + .seconds(Int64(parts[part].seconds)))
        isAdopted = true
      } else {
        endPart(now: now, &actions)
      }
    case .stopping(_, let outcome, _):
      if mask == 0 { finish(outcome, &actions) }
    case .resting, .paused, .finished: break
    }
  }

  /// Whether the open valve was found so: it may close at any time.
  private var isAdopted = false

  /// The node is there again, or for the first time. Its report follows.
  public mutating func connected(now: Instant, _ actions: inout [RunAction]) {
    isConnected = true
    if case .stopping(_, let outcome, let hasAlarmed) = state {
      state = .stopping(asked: now, outcome, hasAlarmed: hasAlarmed)
      actions.append(.closeAll)
    }
    if case .paused = state { actions.append(.closeAll) }
  }

  /// The node is gone.
  public mutating func lost(now: Instant) {
    isConnected = false
    lastMask = nil
    switch state {
    case .opening(let asked, _, let left):
      // It may have opened when it was told: what may have run has run.
      state = .away(since: now, until: asked + left)
    case .open(let until):
      state = isAdopted ? .unknown(since: now) : .away(since: now, until: until)
    default: break
    }
  }

  private mutating func comeBack(
    isOpen: Bool, until: Instant, now: Instant, _ actions: inout [RunAction]
  ) {
    if isOpen {
      state = .open(until: max(now, until))
    } else if until - now <= Self.tolerance {
      endPart(now: now, &actions)
    } else {
      begin(left: until - now, now: now, &actions)
    }
  }

  // MARK: People

  /// Closes the valve and keeps what is left of the part.
  public mutating func pause(now: Instant, _ actions: inout [RunAction]) {
    let left: Interval
    switch state {
    case .opening(_, _, let all): left = all
    case .open(let until): left = isAdopted ? .zero : until - now
    case .resting: left = .seconds(Int64(parts[part].seconds))
    default: return
    }
    state = .paused(left: max(.zero, left))
    actions += [.save, .closeAll]
  }

  /// Goes on after a pause.
  public mutating func resume(now: Instant, _ actions: inout [RunAction]) {
    guard case .paused(let left) = state, isConnected else { return }
    if left < .seconds(1) {
      endPart(now: now, &actions)
    } else {
      begin(left: left, now: now, &actions)
    }
  }

  /// Goes on with the next step; after the last the run is stopped.
  public mutating func skip(now: Instant, _ actions: inout [RunAction]) {
    switch state {
    case .opening, .open, .resting, .paused: break
    default: return
    }
    let step = parts[part].step
    guard let next = parts.indices.first(where: { parts[$0].step > step }) else {
      return stop(.stopped, now: now, &actions)
    }
    part = next
    begin(left: .seconds(Int64(parts[next].seconds)), now: now, &actions)
  }

  /// Closes everything, before anything else that waits to be sent, and ends the run.
  public mutating func stop(now: Instant, _ actions: inout [RunAction]) {
    switch state {
    case .stopping, .finished: break
    default: stop(.stopped, now: now, &actions)
    }
  }

  // MARK: Time

  /// Does what time asks for.
  public mutating func poll(now: Instant, _ actions: inout [RunAction]) {
    guard let due = nextDeadline, due <= now else { return }
    switch state {
    case .opening(_, let attempt, let left):
      guard attempt < Self.attempts else {
        return stop(.disobeyed(step: parts[part].step), now: now, &actions)
      }
      ask(left: left, attempt: attempt + 1, now: now, &actions)
    case .open: endPart(now: now, &actions)
    case .resting: begin(left: .seconds(Int64(parts[part].seconds)), now: now, &actions)
    case .away, .unknown: finish(.nodeLost(step: parts[part].step), &actions)
    case .stopping(_, let outcome, let hasAlarmed):
      // Nothing but closed was reported since: it was closed already, and a node tells changes alone.
      if lastMask == 0 { return finish(outcome, &actions) }
      if !hasAlarmed { actions.append(.alarm) }
      state = .stopping(asked: now, outcome, hasAlarmed: true)
      if isConnected { actions.append(.closeAll) }
    case .paused, .finished: break
    }
  }

  /// When `poll` is next needed; `nil` while nothing waits for time.
  public var nextDeadline: Instant? {
    switch state {
    case .opening(let asked, _, _): asked + Self.patience
    case .open(let until): until
    case .resting(let until): isConnected ? until : until + longestAbsence
    case .away(let since, _), .unknown(let since): since + longestAbsence
    case .stopping(let asked, _, _): asked + Self.patience
    case .paused, .finished: nil
    }
  }

  // MARK: Parts

  private mutating func begin(left: Interval, now: Instant, _ actions: inout [RunAction]) {
    guard isConnected else {
      // Only a rest that ends while the node is away comes here: it was away for too long.
      return finish(.nodeLost(step: parts[part].step), &actions)
    }
    isAdopted = false
    ask(left: left, attempt: 1, now: now, &actions)
  }

  private mutating func ask(
    left: Interval, attempt: Int, now: Instant, _ actions: inout [RunAction]
  ) {
    state = .opening(asked: now, attempt: attempt, left: left)
    let seconds = Int((left.microseconds + 999_999) / 1_000_000)
    if attempt == 1 { actions.append(.save) }
    actions.append(.open(valve: parts[part].valve, seconds: max(1, seconds)))
  }

  private mutating func endPart(now: Instant, _ actions: inout [RunAction]) {
    guard part + 1 < parts.count else { return stop(.completed, now: now, &actions) }
    let isSameStep = parts[part].step == parts[part + 1].step
    part += 1
    isAdopted = false
    // The node would take the same valve for the same stretch: it must see it closed.
    if isSameStep || parts[part].valve == parts[part - 1].valve {
      state = .resting(until: now + Self.gap)
      actions += [.save, .closeAll]
    } else {
      begin(left: .seconds(Int64(parts[part].seconds)), now: now, &actions)
    }
  }

  /// The record comes first: a hub that begins anew in between must not go on with the next part.
  private mutating func stop(
    _ outcome: RunOutcome, now: Instant, _ actions: inout [RunAction]
  ) {
    var mayBeOpening = false
    if case .opening = state { mayBeOpening = true }
    state = .stopping(asked: now, outcome, hasAlarmed: false)
    actions.append(.save)
    if isConnected { actions.append(.closeAll) }
    if lastMask == 0, !mayBeOpening { finish(outcome, &actions) }
  }

  private mutating func finish(_ outcome: RunOutcome, _ actions: inout [RunAction]) {
    state = .finished(outcome)
    actions += [.save, .finished(outcome)]
  }
}
