import MartletRing
import Testing

@Suite struct DoorbellTests {
  @Test func nobodyIsWokenWhoIsAwake() {
    let doorbell = Doorbell()
    #expect(!doorbell.ringer.ring())
  }

  @Test func theFirstRingOfASleepWakes() {
    let doorbell = Doorbell()
    let ringer = doorbell.ringer
    var sleeper = doorbell.sleeper
    for _ in 0..<3 {
      sleeper.arm()
      #expect(ringer.ring())
      #expect(!ringer.ring())
      let wasRung = sleeper.disarm()
      #expect(wasRung)
      #expect(!ringer.ring())
    }
  }

  @Test func disarmingTellsThatNobodyRang() {
    let doorbell = Doorbell()
    let ringer = doorbell.ringer
    var sleeper = doorbell.sleeper
    sleeper.arm()
    let wasRung = sleeper.disarm()
    #expect(!wasRung)
    #expect(!ringer.ring())
  }
}
