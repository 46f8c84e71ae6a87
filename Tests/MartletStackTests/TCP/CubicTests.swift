import MartletDevice
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
