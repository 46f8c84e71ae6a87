import MartletHub
import Testing

/// Rules: what makes one be looked at, and why it was not done.
@Suite struct RuleTests {
  static func world(
    _ inputs: UInt8?, car: Rule.PresenceLevel = .away, isOnline: Bool = true, minute: Int = 720
  ) -> RuleWorld {
    RuleWorld(
      devices: [
        "d1": .init(isOnline: isOnline, inputs: inputs),
        "c1": .init(isOnline: true, presence: car),
      ], minute: minute)
  }

  static let opened = Rule.Trigger.input(device: "d1", number: 1, isActive: true)

  static func verdicts(_ rule: Rule, _ worlds: [RuleWorld]) -> [RuleWatch.Verdict?] {
    var watch = RuleWatch()
    return worlds.map { watch.look(at: $0, rules: [rule]).first?.verdict }
  }

  @Test func onlyAChangeFires() {
    let rule = Rule(when: Self.opened, then: .notify)
    // Bit 1 is input 2; bit 0 is another's.
    let masks: [UInt8?] = [2, 2, 0, 1, 3, 2, 0]
    #expect(
      Self.verdicts(rule, masks.map { Self.world($0) }) == [nil, nil, nil, nil, .fires, nil, nil])
  }

  @Test func whatChangedWhileItWasNotKnownIsTold() {
    let rule = Rule(when: Self.opened, then: .notify)
    #expect(
      Self.verdicts(rule, [0, nil, nil, 2, nil, 2].map { Self.world($0) })
        == [nil, nil, nil, .fires, nil, nil])
  }

  @Test func nodeThatGoesAndComesFires() {
    let gone = Rule(when: .node(device: "d1", isOnline: false), then: .notify)
    let worlds = [true, false, false, true].map { Self.world(0, isOnline: $0) }
    #expect(Self.verdicts(gone, worlds) == [nil, .fires, nil, nil])
    let back = Rule(when: .node(device: "d1", isOnline: true), then: .notify)
    #expect(Self.verdicts(back, worlds) == [nil, nil, nil, .fires])
  }

  @Test func provedIsHomeAndHomeIsNotProved() {
    let levels: [Rule.PresenceLevel] = [.away, .home, .proved, .home, .away]
    let worlds = levels.map { Self.world(0, car: $0) }
    let home = Rule(when: .presence(device: "c1", .home), then: .stopWater)
    #expect(Self.verdicts(home, worlds) == [nil, .fires, nil, nil, nil])
    let proved = Rule(when: .presence(device: "c1", .proved), then: .stopWater)
    #expect(Self.verdicts(proved, worlds) == [nil, nil, .fires, nil, nil])
    let away = Rule(when: .presence(device: "c1", .away), then: .stopWater)
    #expect(Self.verdicts(away, worlds) == [nil, nil, nil, nil, .fires])
  }

  @Test func conditionThatDoesNotHoldIsTheReason() {
    func reason(_ condition: Rule.Condition, _ world: RuleWorld) -> RuleWatch.Verdict {
      RuleWatch.judge(Rule(when: Self.opened, if: condition, then: .notify), in: world)
    }
    let isProved = Rule.Condition.presence(device: "c1", .proved)
    #expect(reason(isProved, Self.world(0, car: .proved)) == .fires)
    #expect(reason(isProved, Self.world(0, car: .home)) == .held("c1 was home, but not proved"))
    let isQuiet = Rule.Condition.input(device: "d1", number: 0, isActive: false)
    #expect(reason(isQuiet, Self.world(2)) == .fires)
    #expect(reason(isQuiet, Self.world(1)) == .held("input 1 of d1 was active"))
    #expect(reason(isQuiet, Self.world(nil)) == .held("input 1 of d1 was not known"))
  }

  @Test(arguments: [
    (1320, 360, 1319, false), (1320, 360, 1320, true), (1320, 360, 0, true),
    (1320, 360, 359, true), (1320, 360, 360, false), (360, 1320, 360, true),
    (360, 1320, 1320, false),
  ])
  func timesMayReachOverMidnight(from: Int, to: Int, minute: Int, holds: Bool) {
    let world = Self.world(0, minute: minute)
    #expect((world.objection(to: .between(from: from, to: to)) == nil) == holds)
  }

  @Test(arguments: [
    "input d1 0 active", "input d1 7 quiet", "presence c1 proved", "online g1", "offline g1",
    "time 0", "time 1439",
  ])
  func triggerIsReadAsItIsWritten(text: String) {
    #expect(Rule.Trigger(text)?.text == text)
  }

  @Test(arguments: [
    "", "input d1 8 active", "input d1 0 open", "input d1", "presence c1 here", "time 1440",
    "time", "stop", "online", "input  0 active extra",
  ])
  func whatIsNoTriggerIsRefused(text: String) {
    #expect(Rule.Trigger(text) == nil)
  }

  @Test(arguments: ["stop", "notify", "light l1 on", "light l1 off", "run g1 3"])
  func actionIsReadAsItIsWritten(text: String) {
    #expect(Rule.Action(text)?.text == text)
  }

  @Test(arguments: ["input d1 0 active", "presence c1 away", "between 1320 360"])
  func conditionIsReadAsItIsWritten(text: String) {
    #expect(Rule.Condition(text)?.text == text)
    #expect(Rule.Condition("between 5 5") == nil && Rule.Condition("between 5") == nil)
  }
}
