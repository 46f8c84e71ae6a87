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

  @Test("does not hurry back to what it was before a time-out (RFC 9438, 4.8)")
  func afterTimeout() {
    var congestion = Congestion(.cubic, segmentSize: Self.segment)
    var trip = RoundTrip()
    trip.sample(.milliseconds(200), at: .zero)
    congestion.window = 100_000
    congestion.collapse(inFlight: 100_000, segmentSize: Self.segment, isFirst: true)
    #expect(congestion.threshold == 70_000)
    congestion.window = 70_000
    for step in 0...5 {
      congestion.acknowledged(
        Int(congestion.window), segmentSize: Self.segment, roundTrip: trip,
        now: Instant(milliseconds: 1000 + Int64(step) * 200))
    }
    #expect(congestion.window > 70_000 && congestion.window < 80_000)
  }
}
