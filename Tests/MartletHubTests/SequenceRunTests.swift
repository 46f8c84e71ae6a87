import MartletDWN
import MartletDevice
import MartletHub
import Testing

/// Runs against the real node, with everything that fails between them.
@Suite struct SequenceRunTests {
  @Test func everyStepHasItsTime() throws {
    let world = HubWorld()
    try world.start("a600,c300,b60")
    world.pass(.seconds(1000))
    #expect(world.outcome == .completed && world.alarms == 0)
    #expect(world.opened == [0, 2, 1])
    for (valve, seconds) in [(0, 600), (2, 300), (1, 60)] {
      #expect(abs(world.water[valve] - Int64(seconds) * 1_000_000) < 200_000)
    }
    #expect(world.board.open == nil && world.record == nil)
  }

  @Test func longStepIsSplit() throws {
    let world = HubWorld()
    try world.start("a4000,a100")
    world.pass(.seconds(4200))
    #expect(world.outcome == .completed)
    #expect(world.opened == [0, 0, 0, 0])
    #expect(abs(world.water[0] - 4_100_000_000) < 1_000_000)
  }

  @Test func dayThatIsFullEndsTheRun() throws {
    let world = HubWorld()
    try world.start("a18000")
    world.pass(.seconds(20_000))
    #expect(world.outcome == .disobeyed(step: 0))
    #expect(abs(world.water[0] - 4 * 3600 * 1_000_000) < 2_000_000)
    #expect(world.board.open == nil)
  }

  @Test func peopleMayPauseResumeSkipAndStop() throws {
    let world = HubWorld()
    try world.start("a600,b600,c600")
    world.pass(.seconds(100))
    world.change { run, now, actions in run.pause(now: now, &actions) }
    world.pass(.seconds(5000))
    #expect(world.board.open == nil && world.outcome == nil)
    world.change { run, now, actions in run.resume(now: now, &actions) }
    world.pass(.seconds(499))
    #expect(world.board.open == 12)
    world.pass(.seconds(10))
    #expect(world.board.open == 13 && abs(world.water[0] - 600_000_000) < 200_000)
    world.change { run, now, actions in run.skip(now: now, &actions) }
    world.pass(.seconds(1))
    #expect(world.board.open == 14)
    world.change { run, now, actions in run.stop(now: now, &actions) }
    world.pass(.milliseconds(50))
    #expect(world.board.open == nil && world.outcome == .stopped && world.alarms == 0)
  }

  @Test func stopComesBeforeTheAnswerToAnOpening() throws {
    let world = HubWorld()
    try world.start("a600,b600")
    world.change { run, now, actions in run.stop(now: now, &actions) }
    world.pass(.seconds(10))
    #expect(world.board.open == nil && world.outcome == .stopped)
    #expect(world.water[0] < 1_000_000 && world.opened.count <= 1)
  }

  /// P13: who does not obey is named aloud.
  @Test func nodeThatDoesNotCloseIsAnAlarm() throws {
    let world = HubWorld()
    try world.start("a600")
    world.pass(.seconds(10))
    world.isDeaf = true
    world.change { run, now, actions in run.stop(now: now, &actions) }
    world.pass(.milliseconds(2900))
    #expect(world.alarms == 0 && world.outcome == nil)
    world.pass(.milliseconds(200))
    #expect(world.alarms == 1)
    world.isDeaf = false
    world.pass(.seconds(4))
    #expect(world.outcome == .stopped && world.alarms == 1 && world.board.open == nil)
  }

  @Test func nodeThatDoesNotOpenEndsTheRun() throws {
    let world = HubWorld()
    world.isDeaf = true
    try world.start("a600,b600")
    world.pass(.seconds(15))
    #expect(world.outcome == .disobeyed(step: 0) && world.water == [0, 0, 0, 0])
  }

  @Test func valveThatWasClosedByHandIsNotOpenedAgain() throws {
    let world = HubWorld()
    try world.start("a600,b600")
    world.pass(.seconds(60))
    world.command(.closeAll)
    world.pass(.seconds(1000))
    #expect(world.outcome == .cutOff(step: 0) && world.opened == [0])
  }

  @Test func stepGoesOnOverALostConnection() throws {
    let world = HubWorld()
    try world.start("a600,b600")
    world.pass(.seconds(100))
    world.disconnect()
    world.pass(.seconds(200))
    world.connect()
    world.pass(.seconds(310))
    #expect(world.board.open == 13)
    world.pass(.seconds(700))
    #expect(world.outcome == .completed && world.opened == [0, 1])
  }

  @Test func restIsGivenAfterTheNodeLostItsPower() throws {
    let world = HubWorld()
    try world.start("a600")
    world.pass(.seconds(100))
    world.resetNode()
    world.pass(.seconds(30))
    world.connect()
    world.pass(.seconds(600))
    #expect(world.outcome == .completed && world.opened == [0, 0])
    #expect(world.water[0] <= 600_000_000)
  }

  @Test func nodeThatStaysAwayEndsTheRun() throws {
    let world = HubWorld()
    try world.start("a600,b600")
    world.pass(.seconds(100))
    world.disconnect()
    world.pass(.seconds(1801))
    #expect(world.outcome == .nodeLost(step: 0) && world.board.open == nil)
    #expect(abs(world.water[0] - 600_000_000) < 100_000)
  }

  @Test func hubThatBeginsAnewGoesOn() throws {
    let world = HubWorld()
    try world.start("a600,b600")
    world.pass(.seconds(100))
    world.killHub()
    world.pass(.seconds(20))
    world.restartHub()
    world.connect()
    world.pass(.seconds(1300))
    #expect(world.outcome == .completed && world.opened == [0, 1])
    #expect(abs(world.water[0] - 600_000_000) < 1_000_000)
  }

  @Test func stopIsNotForgottenByAHubThatBeginsAnew() throws {
    // Killed before each of the actions of a stop.
    for count in 0..<2 {
      let world = HubWorld()
      try world.start("a600,b600")
      world.pass(.seconds(100))
      world.killBeforeActions = count
      world.change { run, now, actions in run.stop(now: now, &actions) }
      world.pass(.seconds(10))
      world.restartHub()
      world.connect()
      if count == 0 {
        // It was not even written down: nobody was told that it stops.
        world.change { run, now, actions in run.stop(now: now, &actions) }
      }
      world.pass(.seconds(1300))
      #expect(world.outcome == .stopped && world.opened == [0])
    }
  }

  /// P11: whatever fails and whenever, no step gets more than was planned, and nothing stays open.
  @Test func neverMoreWaterThanPlanned() throws {
    var completed = 0
    for seed in 0..<UInt64(300) {
      var chance = SplitMix64(seed: seed)
      let world = HubWorld()
      try world.start("a600,b2000,c30,a200")
      for _ in 0..<40 where world.outcome == nil {
        world.pass(.milliseconds(Int64.random(in: 0...120_000, using: &chance)))
        switch Int.random(in: 0..<14, using: &chance) {
        case 0: world.disconnect()
        case 1: world.killHub()
        case 2: world.killBeforeActions = Int.random(in: 0..<3, using: &chance)
        case 3: world.resetNode()
        case 4: world.change { run, now, actions in run.pause(now: now, &actions) }
        case 5: world.change { run, now, actions in run.skip(now: now, &actions) }
        default: break
        }
        world.pass(.milliseconds(Int64.random(in: 0...8000, using: &chance)))
        world.restartHub()
        world.connect()
        world.change { run, now, actions in run.resume(now: now, &actions) }
      }
      world.killBeforeActions = nil
      world.restartHub()
      world.connect()
      world.pass(.seconds(6000))
      let planned: [Int64] = [800, 2000, 30, 0]
      for valve in 0..<4 {
        #expect(
          world.water[valve] <= planned[valve] * 1_000_000 + 1_000_000 * (valve == 3 ? 0 : 4),
          "seed \(seed), valve \(valve): \(world.water[valve])")
      }
      #expect(world.board.open == nil, "seed \(seed)")
      if world.outcome == .completed { completed += 1 }
    }
    #expect(completed > 50)
  }

  @Test(arguments: ["a600,c300,b60", "d1", "a86400"]) func textIsReadAndWritten(text: String) throws
  {
    #expect(try WateringSequence(parsing: text).text == text)
  }

  static let bad: [(String, SequenceTextError)] = [
    ("", .empty(item: 1)), ("a1,", .empty(item: 2)), ("e5", .badValve(item: 1)),
    ("a5,z3", .badValve(item: 2)), ("A5", .badValve(item: 1)), ("a", .badTime(item: 1)),
    ("a0", .badTime(item: 1)), ("a-1", .badTime(item: 1)), ("a86401", .badTime(item: 1)),
    ("a1.5", .badTime(item: 1)), ("a999999", .badTime(item: 1)), ("a3;b5", .badTime(item: 1)),
  ]

  @Test(arguments: bad) func badTextIsRefused(text: String, error: SequenceTextError) {
    #expect(throws: error) { try WateringSequence(parsing: text) }
  }

  @Test func blanksAndLengthAreMinded() throws {
    #expect(try WateringSequence(parsing: " a5 , b6 ").text == "a5,b6")
    let items = [String](repeating: "a1", count: 64)
    #expect(try WateringSequence(parsing: items.joined(separator: ",")).totalSeconds == 64)
    #expect(throws: SequenceTextError.tooLong) {
      try WateringSequence(parsing: (items + ["a1"]).joined(separator: ","))
    }
  }

  @Test func aDamagedRecordIsNoRun() throws {
    let sequence = try WateringSequence(parsing: "a600")
    #expect(SequenceRun(.init(sequence: sequence, part: 1), now: .zero) == nil)
    #expect(SequenceRun(.init(sequence: sequence, part: -1), now: .zero) == nil)
  }
}
