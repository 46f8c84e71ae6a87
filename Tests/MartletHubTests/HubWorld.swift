import MartletDWN
import MartletDevice
import MartletHub
import MartletNodes

/// A run, the node that it waters with, and everything that can go wrong between them, in virtual
/// time. The node is the real one; its pins and memory are noted.
final class HubWorld {
  /// A node's pins and memory.
  final class Board: GPIO, Storage {
    private var levels: [UInt8: PinLevel] = [:]
    private var outputs: Set<UInt8> = []
    private var records: [StorageRecord: [UInt8]] = [:]

    var open: UInt8? { outputs.first { levels[$0] == .low } }

    func write(_ level: PinLevel, to pin: UInt8) { levels[pin] = level }
    func makeOutput(_ pin: UInt8) { outputs.insert(pin) }
    func read(_ pin: UInt8) -> PinLevel { levels[pin] ?? .low }
    func read(_ record: StorageRecord) -> [UInt8]? { records[record] }
    func write(_ bytes: [UInt8], to record: StorageRecord) -> Bool {
      records[record] = bytes
      return true
    }
    func reset() { (levels, outputs) = ([:], []) }
  }

  /// What travels.
  private enum Letter { case open(Int, Int), closeAll, report(UInt8) }

  let board = Board()
  private var valves: IrrigationController<Board, Board>
  private(set) var run: SequenceRun?
  /// What survives the hub.
  private(set) var record: SequenceRun.Record?
  private(set) var now = Instant(milliseconds: 10)
  private var toNode: [(Instant, Letter)] = []
  private var toHub: [(Instant, Letter)] = []
  private(set) var isConnected = true
  /// Whether the node hears what it is told.
  var isDeaf = false
  /// A hub that is killed before it has done its next actions.
  var killBeforeActions: Int?

  /// The water of each valve, in microseconds.
  private(set) var water = [Int64](repeating: 0, count: 4)
  private(set) var opened: [Int] = []
  private(set) var alarms = 0
  private(set) var outcome: RunOutcome?
  private var sinceOpen: (valve: Int, at: Instant)?

  init() {
    valves = IrrigationController(pins: board, memory: board, now: now)
  }

  // MARK: The hub

  func start(_ text: String) throws {
    var actions: [RunAction] = []
    run = SequenceRun(try WateringSequence(parsing: text), now: now, actions: &actions)
    perform(actions)
    // A node reports when it is connected.
    deliver(.report(valves.mask))
  }

  func change(_ body: (inout SequenceRun, Instant, inout [RunAction]) -> Void) {
    guard var run else { return }
    var actions: [RunAction] = []
    body(&run, now, &actions)
    self.run = run
    perform(actions)
  }

  private func perform(_ actions: [RunAction]) {
    for action in actions {
      if let left = killBeforeActions {
        killBeforeActions = left > 0 ? left - 1 : nil
        if left == 0 { return killHub() }
      }
      switch action {
      case .save: record = run?.record
      case .open(let valve, let seconds): post(.open(valve, seconds))
      case .closeAll: post(.closeAll)
      case .alarm: alarms += 1
      case .finished(let outcome):
        self.outcome = outcome
        record = nil
        run = nil
      }
    }
  }

  /// The hub ends without a word and is there again after a while.
  func killHub() {
    run = nil
    disconnect()
  }

  func restartHub() {
    guard run == nil, let record else { return }
    run = SequenceRun(record, now: now)
  }

  // MARK: The link

  func disconnect() {
    guard isConnected else { return }
    isConnected = false
    toNode = []
    toHub = []
    valves.setHub(isPresent: false, now: now)
    change { run, now, _ in run.lost(now: now) }
  }

  func connect() {
    guard !isConnected, run != nil || record == nil else { return }
    isConnected = true
    valves.setHub(isPresent: true, now: now)
    change { run, now, actions in run.connected(now: now, &actions) }
    deliver(.report(valves.mask))
  }

  private func post(_ letter: Letter) {
    if isConnected, !isDeaf { toNode.append((now + .milliseconds(20), letter)) }
  }

  private func deliver(_ letter: Letter) {
    if isConnected { toHub.append((now + .milliseconds(20), letter)) }
  }

  /// Power fails at the node for an instant.
  func resetNode() {
    disconnect()
    board.reset()
    look()
    valves = IrrigationController(pins: board, memory: board, now: now)
    look()
  }

  func command(_ command: ValveCommand) {
    valves.handle(command, now: now)
    look()
  }

  // MARK: Time

  private var nextMoment: Instant {
    var next = valves.nextDeadline
    for (due, _) in toNode + toHub { next = min(next, due) }
    if let due = run?.nextDeadline { next = min(next, due) }
    return next
  }

  func pass(_ interval: Interval) {
    let end = now + interval
    while nextMoment <= end {
      now = max(nextMoment, now)
      turn()
    }
    now = end
    turn()
  }

  private func turn() {
    valves.poll(now: now)
    look()
    while let (due, letter) = toNode.first, due <= now {
      toNode.removeFirst()
      switch letter {
      case .open(let valve, let seconds):
        valves.open(valve, seconds: UInt16(clamping: seconds), now: now)
      case .closeAll: valves.handle(.closeAll, now: now)
      case .report: break
      }
      look()
    }
    while let (due, letter) = toHub.first, due <= now {
      toHub.removeFirst()
      if case .report(let mask) = letter {
        change { run, now, actions in run.report(mask, now: now, &actions) }
      }
    }
    change { run, now, actions in run.poll(now: now, &actions) }
  }

  /// Notes what the pins do, and lets the node tell it.
  private func look() {
    let pins: [UInt8] = [12, 13, 14, 16]
    let valve = board.open.flatMap { pins.firstIndex(of: $0) }
    if sinceOpen?.valve != valve {
      if let (last, at) = sinceOpen { water[last] += (now - at).microseconds }
      sinceOpen = valve.map { ($0, now) }
      if let valve { opened.append(valve) }
    }
    if valves.takeChange() { deliver(.report(valves.mask)) }
  }
}
