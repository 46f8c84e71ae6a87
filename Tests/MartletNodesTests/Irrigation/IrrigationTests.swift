import MartletDWN
import MartletDevice
import MartletHTTP
import MartletNodes
import Testing

/// The valves: what they do, and the properties that hold through any life.
@Suite struct IrrigationTests {
  let board = TestBoard()

  func controller(
    _ settings: IrrigationSettings = IrrigationSettings()
  ) -> IrrigationController<TestBoard, TestBoard> {
    IrrigationController(pins: board, memory: board, settings: settings, now: .zero)
  }

  func at(_ seconds: Int64) -> Instant {
    let now = Instant(milliseconds: 1000 * seconds)
    board.now = now
    return now
  }

  @Test func valvesOpenAsTheyAreToldAndCloseTheOthers() {
    var valves = controller()
    #expect(board.active.isEmpty)
    valves.handle(.open(0, minutes: nil), now: at(1))
    #expect(board.active == [12])
    valves.handle(.open(2, minutes: nil), now: at(2))
    #expect(board.active.isEmpty)
    let next = valves.nextDeadline
    #expect(next == at(2) + IrrigationController<TestBoard, TestBoard>.breakTime)
    valves.poll(now: next)
    #expect(board.active == [14])
    valves.handle(.close(0), now: at(3))
    #expect(board.active == [14])
    valves.handle(.closeAll, now: at(4))
    #expect(board.active.isEmpty)
    let mask = valves.mask
    #expect(mask == 0)
  }

  @Test func changesAreToldOnce() {
    var valves = controller()
    var hasChanged = valves.takeChange()
    #expect(!hasChanged)
    valves.handle(.open(1, minutes: nil), now: at(1))
    let mask = valves.mask
    #expect(mask == 2)
    hasChanged = valves.takeChange()
    #expect(hasChanged)
    valves.handle(.open(1, minutes: nil), now: at(2))
    hasChanged = valves.takeChange()
    #expect(!hasChanged)
    valves.handle(.closeAll, now: at(3))
    hasChanged = valves.takeChange()
    #expect(hasChanged)
  }

  @Test func thirtyMinutesEndIt() {
    var valves = controller()
    valves.handle(.open(0, minutes: nil), now: at(10))
    // Every eight minutes somebody opens it again.
    for again in stride(from: Int64(490), to: 1810, by: 480) {
      valves.handle(.open(0, minutes: 30), now: at(again))
    }
    let next = valves.nextDeadline
    #expect(next == at(1810))
    valves.poll(now: at(1810))
    #expect(board.active.isEmpty)
    let event = valves.takeEvent()
    #expect(event == .ended(valve: 0, after: .seconds(1800), .hardLimit))
  }

  @Test func aShorterTimeMovesTheEndNearer() {
    var valves = controller()
    valves.handle(.open(0, minutes: nil), now: at(0))
    valves.handle(.open(0, minutes: 2), now: at(60))
    valves.handle(.open(0, minutes: 20), now: at(61))
    let next = valves.nextDeadline
    #expect(next == at(180))
    valves.poll(now: at(180))
    let event = valves.takeEvent()
    #expect(event == .ended(valve: 0, after: .seconds(180), .duration))
    #expect(board.active.isEmpty)
  }

  @Test func secondsAreTakenExactlyAndCutAtTheLimit() {
    var valves = controller()
    valves.open(3, seconds: 90, now: at(0))
    var next = valves.nextDeadline
    #expect(next == at(90))
    valves.handle(.closeAll, now: at(1))
    valves.open(3, seconds: .max, now: at(2))
    next = valves.nextDeadline
    #expect(next == at(1802))
    valves.open(7, seconds: 10, now: at(3))
    #expect(board.active == [16])
  }

  @Test func aDayHasItsLimit() {
    var valves = controller()
    for run in 0..<8 {
      valves.handle(.open(0, minutes: nil), now: at(Int64(run) * 2000))
      #expect(board.active == [12])
      valves.poll(now: at(Int64(run) * 2000 + 1800))
    }
    while valves.takeEvent() != nil {}
    valves.handle(.open(0, minutes: nil), now: at(17_000))
    #expect(board.active.isEmpty)
    let event = valves.takeEvent()
    #expect(event == .refused(valve: 0, .dailyLimit))
    // Another valve has its own day, and the next day is another.
    valves.handle(.open(1, minutes: nil), now: at(17_001))
    #expect(board.active == [13])
    valves.handle(.closeAll, now: at(17_002))
    valves.poll(now: at(95_000))
    valves.handle(.open(0, minutes: nil), now: at(95_000))
    #expect(board.active == [12])
  }

  @Test func aDayIsRememberedWithoutPower() {
    var valves = controller()
    for run in 0..<7 {
      valves.handle(.open(0, minutes: nil), now: at(Int64(run) * 2000))
      valves.poll(now: at(Int64(run) * 2000 + 1800))
    }
    // The eighth run is cut by a power failure and counts as if it had run to its end.
    valves.handle(.open(0, minutes: nil), now: at(14_001))
    board.reset()
    var next = IrrigationController(
      pins: board, memory: board, now: at(14_010))
    let use = next.dailyUse(of: 0)
    #expect(use >= .seconds(8 * 1800))
    next.handle(.open(0, minutes: nil), now: at(14_011))
    #expect(board.active.isEmpty)
  }

  @Test func storageIsNotWornByAFlood() {
    var valves = controller()
    for index in 0..<20_000 {
      let now = Instant(milliseconds: Int64(index) * 100)
      board.now = now
      valves.handle(.open(index % 4, minutes: 1), now: now)
      valves.handle(.closeAll, now: now + .milliseconds(60))
    }
    #expect(board.activations > 10_000)
    #expect(board.writeCount < 20)
  }

  @Test func damagedRecordCountsAsNone() {
    for record in [[], [1], [UInt8](repeating: 0xFF, count: 201)] as [[UInt8]] {
      let board = TestBoard()
      _ = board.write(record, to: .dailyUse)
      var valves = IrrigationController(pins: board, memory: board, now: .zero)
      valves.handle(.open(0, minutes: nil), now: .zero)
      #expect(board.active == [12])
    }
  }

  @Test func withoutAHubItClosesIfSoSet() {
    var settings = IrrigationSettings()
    settings.timeWithoutHub = .seconds(120)
    var valves = controller(settings)
    valves.handle(.open(0, minutes: nil), now: at(0))
    valves.setHub(isPresent: false, now: at(10))
    valves.setHub(isPresent: true, now: at(100))
    valves.setHub(isPresent: false, now: at(110))
    let next = valves.nextDeadline
    #expect(next == at(230))
    valves.poll(now: at(230))
    let event = valves.takeEvent()
    #expect(event == .ended(valve: 0, after: .seconds(230), .hubLost))
    #expect(board.active.isEmpty)
  }

  @Test func stuckOutputClosesEverythingUntilAReset() {
    var valves = controller()
    valves.handle(.open(0, minutes: nil), now: at(0))
    board.shortCircuit = (12, .high)
    valves.poll(now: at(1))
    var stuck = valves.stuckValve
    #expect(stuck == 0 && board.active.isEmpty)
    var event = valves.takeEvent()
    #expect(event == .ended(valve: 0, after: .seconds(1), .fault))
    board.shortCircuit = nil
    valves.handle(.open(1, minutes: nil), now: at(2))
    event = valves.takeEvent()
    #expect(event == .refused(valve: 1, .fault) && board.active.isEmpty)
    valves = controller()
    valves.handle(.open(1, minutes: nil), now: at(3))
    stuck = valves.stuckValve
    #expect(stuck == nil && board.active == [13])
  }

  @Test func eventsAreObjects() {
    var output = OutputBuffer(capacity: 200)
    ValveEvent.ended(valve: 1, after: .seconds(1800), .hardLimit).emit(into: &output)
    ValveEvent.refused(valve: 0, .dailyLimit).emit(into: &output)
    let text = (0..<output.count).map { ByteText(output.bytes)[$0] }
    #expect(
      String(decoding: text, as: UTF8.self)
        == #"{"ev":"cutoff","valve":2,"why":"limit","on_ms":1800000}"#
        + #"{"ev":"refused","valve":1,"why":"day"}"#)
  }

  /// P1 to P4, P6, P8 to P10 over random lives; a seed repeats one.
  @Test(arguments: [false, true]) func propertiesHoldThroughAnyLife(hasSettings: Bool) {
    var settings = IrrigationSettings()
    if hasSettings {
      settings.pins = [0, 5, 31, 17]
      settings.timeWithoutHub = .seconds(300)
      settings.dailyLimit = .seconds(1_000_000)
    }
    var activations = 0
    for seed in 0..<UInt64(60) {
      var trace = IrrigationTrace(seed: seed, settings: settings)
      trace.live(steps: 300)
      let faults = trace.faults
      #expect(faults.isEmpty, "seed \(seed): \(faults.prefix(3))")
      activations += trace.board.activations
    }
    #expect(activations > 2000)
  }

  /// The daily limit in every 24 hours, without faults of storage.
  @Test func noDayIsTooLong() {
    for seed in 0..<UInt64(40) {
      var chance = SplitMix64(seed: seed)
      let board = TestBoard()
      var valves = IrrigationController(pins: board, memory: board, now: .zero)
      var now = Instant.zero
      for _ in 0..<400 {
        valves.handle(
          .open(
            Int.random(in: 0..<2, using: &chance), minutes: Int.random(in: 1...30, using: &chance)),
          now: now)
        let end = now + .seconds(Int64.random(in: 0...2400, using: &chance))
        while valves.nextDeadline <= end {
          now = max(now, valves.nextDeadline)
          board.now = now
          valves.poll(now: now)
        }
        now = end
        board.now = now
        guard Int.random(in: 0..<50, using: &chance) == 0 else { continue }
        board.reset()
        valves = IrrigationController(pins: board, memory: board, now: now)
      }
      #expect(board.longestDay(12) <= .seconds(4 * 3600))
      #expect(board.longestDay(12) > .seconds(3 * 3600))
    }
  }

  @Test func clockGoesOnWhereItsCounterWraps() {
    var clock = ExtendedClock(counter: .max - 5, microsecondsPerTick: 1)
    var now = clock.now(counter: .max)
    #expect(now == Instant(microseconds: 5))
    now = clock.now(counter: 4)
    #expect(now == Instant(microseconds: 10))
    var milliseconds = ExtendedClock(counter: 0, microsecondsPerTick: 1000)
    for round in 1...3 {
      _ = milliseconds.now(counter: .max / 2)
      now = milliseconds.now(counter: 0)
      #expect(now == Instant(milliseconds: Int64(round) << 32))
    }
  }

  /// P7: a run across the wrap of the microsecond counter is as long as any.
  @Test func runsAreAsLongAcrossAWrap() {
    let lengthBeforeWrap = UInt32(900_000_000)
    var clock = ExtendedClock(counter: 0 &- lengthBeforeWrap, microsecondsPerTick: 1)
    var counter = 0 &- lengthBeforeWrap
    var valves = controller()
    valves.handle(.open(0, minutes: nil), now: .zero)
    var seconds = 0
    while !board.active.isEmpty, seconds < 4000 {
      counter &+= 1_000_000
      seconds += 1
      board.now = clock.now(counter: counter)
      valves.poll(now: board.now)
    }
    #expect(seconds == 1800)
  }
}
