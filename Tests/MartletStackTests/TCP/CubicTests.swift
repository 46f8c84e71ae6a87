import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

@Suite("CUBIC")
struct CubicTests {
  @Test(
    "has exact cube roots",
    arguments: [0, 1, 7, 8, 26, 27, 28, 1_000_000, 999_999, 1 << 60, UInt64.max] as [UInt64])
  func cubeRoot(value: UInt64) {
    let root = Cubic.cubeRoot(value)
    let (square, _) = root.multipliedReportingOverflow(by: root)
    let (cube, overflow) = square.multipliedReportingOverflow(by: root)
    #expect(!overflow && cube <= value)
    let above = root + 1
    let high = (above * above).multipliedReportingOverflow(by: above)
    #expect(high.overflow || high.partialValue > value)
  }

  @Test("does not grow by the time in which there was nothing to send")
  func pause() {
    let segment: Int32 = 1000
    func grown(pause: Int64) -> Int32 {
      var cubic = Cubic()
      var window = cubic.reduced(window: 100 * segment, segmentSize: segment)
      for step in 0..<20 {
        let later = step < 10 ? 0 : pause
        if step == 10, pause > 0 { cubic.pause() }
        window = cubic.window(
          after: window, window: window, segmentSize: segment, smoothed: .milliseconds(200),
          now: Instant(milliseconds: 1000 + Int64(step) * 200 + later))
      }
      return window
    }
    // The time between the last growth and the pause's end counts for nothing, that of one step at
    // most.
    #expect(abs(grown(pause: 60_000) - grown(pause: 0)) < 3 * segment)
  }

  @Test("does not jump behind a pause of the user", .timeLimit(.minutes(1)))
  func pauseOfTheUser() throws {
    var script = try RetransmissionTimerTests.opened()
    script.host.stack.tcp.connections[script.place].congestion.threshold = 14_600
    var end = 1
    func round(_ script: inout Script, _ count: Int) throws {
      try script.write(count)
      _ = script.wait(.milliseconds(50))
      end += count
      // One by one: each lets more out.
      for part in stride(from: end - count + 1460, to: end, by: 1460) {
        script.send(.ack, seq: 1, ack: part)
      }
      _ = script.wait(.milliseconds(50))
      script.send(.ack, seq: 1, ack: end)
    }
    for _ in 0..<10 { try round(&script, 30_000) }
    let before = try script.status.congestionWindow
    for _ in 0..<200 { try round(&script, 10) }
    #expect(try script.status.congestionWindow == before)
    try round(&script, 30_000)
    #expect(try script.status.congestionWindow < before + 3 * 1460)
  }

  @Test("is back at its last maximum after K, flat before it, steeper behind it")
  func curve() {
    var cubic = Cubic()
    let segment: Int32 = 1000
    var window = cubic.reduced(window: 100 * segment, segmentSize: segment)
    #expect(window == 70 * segment)
    // K = cbrt(30 / 0.4) = 4.217 s. A long round trip keeps Reno's estimate out of the way.
    var at = [Int64: Int32]()
    let smoothed = Interval.milliseconds(200)
    for step in 0...40 {
      let now = Instant(milliseconds: 1000 + Int64(step) * 200)
      window = cubic.window(
        after: window, window: window, segmentSize: segment, smoothed: smoothed, now: now)
      at[Int64(step) * 200] = window
    }
    let plateau = at[4000, default: 0]
    #expect((98_000...101_000).contains(plateau))
    #expect(at[1000, default: 0] - 70_000 > at[4200, default: 0] - at[3200, default: 0])
    #expect(at[8000, default: 0] > 118_000)
  }
}
