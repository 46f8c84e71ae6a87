import MartletDevice
import MartletNodes
import Testing

/// The alarm's inputs.
@Suite struct AlarmTests {
  func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

  @Test func shortPulseIsNothing() {
    var input = AlarmInput(isActive: false, now: at(0))
    var changes = 0
    for start in stride(from: Int64(100), to: 1000, by: 100) {
      if input.sample(isActive: true, now: at(start)) { changes += 1 }
      if input.sample(isActive: false, now: at(start + 29)) { changes += 1 }
      if input.sample(isActive: false, now: at(start + 60)) { changes += 1 }
    }
    #expect(changes == 0 && input.state == .idle && input.nextDeadline == nil)
  }

  @Test func levelThatLastsCounts() {
    var input = AlarmInput(isActive: false, now: at(0))
    var hasChanged = input.sample(isActive: true, now: at(100))
    #expect(!hasChanged && input.nextDeadline == at(130))
    hasChanged = input.sample(isActive: true, now: at(130))
    #expect(hasChanged && input.state == .active && input.nextDeadline == nil)
    _ = input.sample(isActive: false, now: at(500))
    hasChanged = input.sample(isActive: false, now: at(530))
    #expect(hasChanged && input.state == .idle)
  }

  @Test func bouncingContactChangesOnce() {
    var chance = SplitMix64(seed: 1)
    for _ in 0..<200 {
      var input = AlarmInput(isActive: false, now: at(0))
      var now = at(1000)
      var changes = 0
      for _ in 0..<20 {
        now = now + .microseconds(Int64.random(in: 1...20_000, using: &chance))
        if input.sample(isActive: Bool.random(using: &chance), now: now) { changes += 1 }
      }
      now = now + .milliseconds(1)
      if input.sample(isActive: true, now: now) { changes += 1 }
      while let next = input.nextDeadline {
        now = next
        if input.sample(isActive: true, now: now) { changes += 1 }
      }
      #expect(input.state == .active && changes >= 1 && changes % 2 == 1)
    }
  }

  @Test func restlessInputIsAFaultUntilItRests() {
    var input = AlarmInput(isActive: false, now: at(0))
    var now = at(0)
    while now < at(2500) {
      now = now + .milliseconds(10)
      _ = input.sample(isActive: now.microseconds % 20_000 == 0, now: now)
    }
    #expect(input.state == .fault)
    let due = input.nextDeadline
    #expect(due != nil)
    _ = input.sample(isActive: false, now: now + .milliseconds(1))
    let hasChanged = input.sample(isActive: false, now: now + .milliseconds(31))
    #expect(hasChanged && input.state == .idle)
  }

  @Test func faultCountsAsActive() {
    let board = TestBoard()
    board.write(.high, to: 4)
    board.write(.high, to: 5)
    var inputs = AlarmInputs(pins: board, on: [4, 5], now: at(0))
    var mask = inputs.mask
    #expect(mask == 0)
    for time in stride(from: Int64(0), through: 3000, by: 10) {
      board.write(time % 20 == 0 ? .low : .high, to: 5)
      inputs.poll(now: at(time))
    }
    mask = inputs.mask
    let faults = inputs.faults
    #expect(mask == 2 && faults == 2)
    board.write(.low, to: 4)
    inputs.poll(now: at(3001))
    var hasChanged = inputs.takeChange()
    #expect(hasChanged)
    inputs.poll(now: at(3031))
    mask = inputs.mask
    hasChanged = inputs.takeChange()
    #expect(mask == 3 && hasChanged)
  }
}
