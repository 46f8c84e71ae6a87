import MartletDWN
import MartletDevice
import MartletNodes

/// One controller through a random life of commands, time and faults, watched at every step.
struct IrrigationTrace: ~Copyable {
  let board = TestBoard()
  private(set) var controller: IrrigationController<TestBoard, TestBoard>
  private var chance: SplitMix64
  private(set) var faults: [String] = []
  private let settings: IrrigationSettings
  private(set) var now = Instant(milliseconds: 5)
  private(set) var isHanging = false

  init(seed: UInt64, settings: IrrigationSettings) {
    chance = SplitMix64(seed: seed)
    self.settings = settings
    controller = IrrigationController(pins: board, memory: board, settings: settings, now: now)
  }

  mutating func live(steps: Int) {
    for _ in 0..<steps {
      switch number(100) {
      case 0..<50: command()
      case 50..<88: pass()
      case 88..<92: controller.setHub(isPresent: number(2) == 0, now: now)
      case 92..<96: reset()
      case 96..<98: hang()
      case 98: board.failsToStore.toggle()
      default: shortCircuit()
      }
      check()
    }
    pass(.seconds(1801))
    if !board.active.isEmpty { faults.append("open at the end") }
    faults += board.faults
  }

  private mutating func number(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &chance) }

  /// Two bytes that mostly mean something.
  private mutating func command() {
    let deadline = controller.openValve
    let bytes =
      number(10) == 0
      ? HubCommand(UInt8(number(256)), UInt8(number(256)))
      : HubCommand(UInt8(0x60 + number(6)), [0x30, 0x31, 0x31, 0x81, 0x8A, 0x9E, 0x9F][number(7)])
    let isLarge = number(20) == 0
    let count = isLarge ? 60 : 1
    for _ in 0..<count {
      if isLarge { pass(.milliseconds(Int64(number(30)))) }
      let before = board.activations
      guard let command = ValveCommand(bytes) else { continue }
      controller.handle(command, now: now)
      check(command, since: before)
    }
    guard let deadline, let later = controller.openValve, later.valve == deadline.valve else {
      return
    }
    // P4: the same stretch never lasts longer than it was to.
    let isSame = board.stretches.last.map { $0.to < now } ?? true
    if isSame, !isLarge, later.deadline > deadline.deadline { faults.append("deadline moved") }
  }

  /// What must hold at once after a command.
  private mutating func check(_ command: ValveCommand, since before: Int) {
    switch command {
    case .closeAll:
      if !board.active.isEmpty { faults.append("open after all were closed") }
    case .close(let valve):
      if board.active.contains(settings.pins[valve]) { faults.append("\(valve) still open") }
    case .open(let valve, _):
      let others = board.active.filter { $0 != settings.pins[valve] }
      if !others.isEmpty { faults.append("\(others) open beside \(valve)") }
    }
    if case .open = command { return }
    if board.activations != before { faults.append("\(command) opened something") }
  }

  /// P9: what is told is what is latched. And nothing waits for a time that has passed.
  private mutating func check() {
    var mask: UInt8 = 0
    for valve in 0..<4 where board.active.contains(settings.pins[valve]) { mask |= 1 << valve }
    if controller.mask != mask { faults.append("says \(controller.mask), is \(mask)") }
    if controller.nextDeadline <= now { faults.append("deadline in the past") }
    while controller.takeEvent() != nil {}
  }

  private mutating func pass() {
    switch number(4) {
    case 0: pass(.milliseconds(Int64(number(2000))))
    case 1: pass(.seconds(Int64(number(120))))
    case 2: pass(.seconds(Int64(number(2400))))
    default: pass(.seconds(Int64(number(number(10) == 0 ? 100_000 : 4000))))
    }
  }

  /// Time passes, and the timer calls when it should.
  private mutating func pass(_ interval: Interval) {
    let end = now + interval
    while controller.nextDeadline <= end {
      move(to: max(now, controller.nextDeadline))
      controller.poll(now: now)
    }
    move(to: end)
    controller.poll(now: now)
  }

  private mutating func move(to instant: Instant) {
    now = instant
    board.now = instant
  }

  /// P3: power fails, or the watchdog bites; the outputs are safe, and stay so at boot.
  private mutating func reset() {
    board.reset()
    if !board.active.isEmpty { faults.append("open after a reset") }
    board.shortCircuit = nil
    let before = board.activations
    controller = IrrigationController(pins: board, memory: board, settings: settings, now: now)
    if board.activations != before { faults.append("opened at boot") }
  }

  /// P8: nothing calls any more; the watchdog bites after two seconds.
  private mutating func hang() {
    move(to: now + .seconds(2))
    reset()
  }

  private mutating func shortCircuit() {
    let pin = settings.pins[number(4)]
    board.shortCircuit = number(2) == 0 ? nil : (pin, number(2) == 0 ? .low : .high)
  }
}
