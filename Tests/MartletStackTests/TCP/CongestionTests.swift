import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

@Suite("The congestion window")
struct CongestionTests {
  static let segment = 1000

  @Test("grows at full speed in a later slow start, after HyStart++ has ended the first")
  func laterSlowStart() {
    var congestion = Congestion(.cubic, segmentSize: Self.segment)
    for round in 0..<12 {
      for place in 0..<10 {
        congestion.sampled(
          .milliseconds(round < 2 ? 20 : 60),
          acknowledgment: SequenceNumber(rawValue: UInt32(round * 1000 + place)),
          sendNext: SequenceNumber(rawValue: UInt32(round * 1000 + 1000)))
      }
    }
    #expect(congestion.threshold == congestion.window)
    congestion.collapse(inFlight: 10_000, segmentSize: Self.segment, isFirst: true)
    #expect(congestion.window == 1000 && congestion.threshold == 7000)
    congestion.acknowledged(
      1000, segmentSize: Self.segment, roundTrip: RoundTrip(), now: Instant(milliseconds: 1))
    #expect(congestion.window == 2000)
  }
}
