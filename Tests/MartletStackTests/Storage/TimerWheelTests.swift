import MartletDevice
import Testing

@testable import MartletStack

@Suite("The timer wheel")
struct TimerWheelTests {
  @Test(
    "runs a timer out at its time, never before",
    arguments: [1, 2, 63, 64, 65, 4095, 4096, 4097, 262_143, 262_144, 20_000_000, 2_073_600_000])
  func onTime(milliseconds: Int64) {
    var wheel = TimerWheel(count: 4)
    var now = Instant(milliseconds: 12_345)
    var fired = wheel.next(now: now)
    #expect(fired == nil)
    let due = now + .milliseconds(milliseconds)
    wheel.arm(2, at: due)
    // Follows the wheel's own advice on when to look, as an event loop does.
    var looks = 0
    while let next = wheel.nextDeadline, next < due {
      looks += 1
      #expect(next > now)
      now = next
      fired = wheel.next(now: now)
      #expect(fired == nil)
    }
    // A day beyond the coarsest wheel costs a look every four and a half hours.
    #expect(looks < 200)
    fired = wheel.next(now: due + .microseconds(-1))
    #expect(fired == nil)
    fired = wheel.next(now: due)
    #expect(fired == 2)
    let deadline = wheel.nextDeadline
    #expect(deadline == nil)
  }

  @Test("agrees with a list that is searched, over random arming and disarming")
  func againstModel() {
    var generator = SplitMix64(seed: 7)
    var wheel = TimerWheel(count: 64)
    var model = [Int: Int64]()
    var now: Int64 = 0
    for _ in 0..<20_000 {
      let timer = Int(generator.next() % 64)
      switch generator.next() % 4 {
      case 0:
        wheel.disarm(timer)
        model[timer] = nil
      case 1, 2:
        let span = [10, 100, 5000, 300_000][Int(generator.next() % 4)]
        let due = now + 1 + Int64(generator.next() % UInt64(span))
        wheel.arm(timer, at: Instant(milliseconds: due))
        model[timer] = due
      default:
        now += Int64(generator.next() % 200)
        var fired = Set<Int>()
        while let timer = wheel.next(now: Instant(milliseconds: now)) { fired.insert(timer) }
        let expected = Set(model.filter { $0.value <= now }.keys)
        #expect(fired == expected)
        for timer in fired { model[timer] = nil }
      }
      if let next = wheel.nextDeadline {
        #expect(next.microseconds / 1000 <= model.values.min() ?? .max)
      } else {
        #expect(model.isEmpty)
      }
    }
  }
}
