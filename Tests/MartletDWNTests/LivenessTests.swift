import MartletDWN
import MartletDevice
import Testing

/// What a hub may say of a node that it has not heard for a while.
@Suite struct LivenessTests {
  func at(_ seconds: Int64) -> Instant { Instant(milliseconds: 1000 * seconds) }

  @Test func nodeIsOnlineThenStaleThenOffline() {
    var node = NodeLiveness()
    #expect(node.state(now: at(0)) == .offline && node.nextChange(after: at(0)) == nil)
    node.heardMessage(now: at(100))
    for (second, state) in [
      (100, .online), (114, .online), (115, .stale), (159, .stale), (160, .offline),
    ] as [(Int64, NodeLiveness.State)] {
      #expect(node.state(now: at(second)) == state)
    }
    #expect(node.nextChange(after: at(100)) == at(115))
    #expect(node.nextChange(after: at(115)) == at(160))
    #expect(node.nextChange(after: at(160)) == nil)
  }

  @Test func beingSeenIsAnotherThing() {
    var node = NodeLiveness()
    node.heardAdvert(isLeaving: false, now: at(10))
    #expect(node.isSeen(now: at(24)) && !node.isSeen(now: at(25)))
    #expect(node.state(now: at(11)) == .offline)
    node.heardAdvert(isLeaving: false, now: at(30))
    node.heardAdvert(isLeaving: true, now: at(31))
    #expect(!node.isSeen(now: at(31)))
  }

  @Test func arrivingIsAtOnceAndLeavingTakesItsTime() {
    var car = Presence()
    #expect(car.state(now: at(0)) == .away)
    car.heard(now: at(10))
    #expect(car.state(now: at(10)) == .unproved)
    car.heard(now: at(180))
    #expect(car.state(now: at(359)) == .unproved && car.nextChange(after: at(180)) == at(360))
    #expect(car.state(now: at(360)) == .away && car.nextChange(after: at(360)) == nil)
  }

  @Test func advertsAloneNeverProveAnything() {
    var car = Presence(patience: .seconds(60))
    car.proved(now: at(0))
    for second in 0..<Int64(200) { car.heard(now: at(second)) }
    #expect(car.state(now: at(59)) == .proved && car.nextChange(after: at(59)) == at(60))
    #expect(car.state(now: at(199)) == .unproved)
  }

  @Test func patienceHasBounds() {
    #expect(Presence(patience: .seconds(1)).patience == .seconds(30))
    #expect(Presence(patience: .seconds(9999)).patience == .seconds(1800))
  }
}
