import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Hard part 7: duplicate acknowledgments, recovery, the lost tail, reordering (RFC 5681, 6582,
/// 6675, 6937, 8985).
@Suite("Loss recovery")
struct LossRecoveryTests {
  static let segment = 1460

  /// A connection with a round trip of 100 ms and ten segments out.
  static func tenSegments(selective: Bool) throws -> Script {
    var script = try RetransmissionTimerTests.opened(
      roundTrip: .milliseconds(100),
      peer: Options.mss(1460) + (selective ? Options.sackPermitted : []))
    try script.write(100_000)
    #expect(script.sent().count == 10)
    _ = script.wait(.milliseconds(50))
    return script
  }

  /// The sequence number of the segment with this place.
  static func start(_ place: Int) -> Int { 1 + place * segment }

  /// What was sent again of the first ten segments, by place.
  static func repeated(_ segments: [SeenSegment]) -> [Int] {
    segments.filter { $0.sequence < start(10) && !$0.payload.isEmpty }.flatMap {
      Array(($0.sequence - 1) / segment..<($0.end - 2) / segment + 1)
    }
  }

  @Test("three duplicates repeat the segment at once; two do not")
  func threeDuplicates() throws {
    var script = try Self.tenSegments(selective: false)
    script.send(.ack, seq: 1, ack: 1)
    script.send(.ack, seq: 1, ack: 1)
    // RFC 3042: the first two let new segments go.
    let limited = script.sent()
    #expect(limited.map(\.sequence) == [Self.start(10), Self.start(11)])
    script.send(.ack, seq: 1, ack: 1)
    #expect(Self.repeated(script.sent()) == [0])
    #expect(script.host.stack.counters.tcpFastRecoveries == 1)
  }

  @Test("acknowledgments with another window, or with data, are no duplicates")
  func noDuplicates() throws {
    var script = try Self.tenSegments(selective: false)
    for index in 1...5 { script.send(.ack, seq: 1, ack: 1, win: 60_000 - index) }
    #expect(Self.repeated(script.sent()).isEmpty)
    for index in 0..<5 { script.send(.ack, seq: 1 + index, ack: 1, data: [1]) }
    #expect(Self.repeated(script.sent()).isEmpty)
  }

  @Test("two losses in a window are repaired without a time-out, by partial acknowledgment")
  func newReno() throws {
    var script = try Self.tenSegments(selective: false)
    // 0 and 4 are lost.
    for _ in 0..<8 { script.send(.ack, seq: 1, ack: 1) }
    #expect(Self.repeated(script.sent()) == [0])
    _ = script.wait(.milliseconds(50))
    script.send(.ack, seq: 1, ack: Self.start(4))
    #expect(Self.repeated(script.sent()) == [4])
    _ = script.wait(.milliseconds(50))
    script.send(.ack, seq: 1, ack: Self.start(10))
    #expect(Self.repeated(script.sent()).isEmpty)
    #expect(script.host.stack.counters.tcpTimeouts == 0)
    #expect(script.host.stack.counters.tcpFastRecoveries == 1)
  }

  @Test("two losses in a window are repaired without a time-out, by selective acknowledgment")
  func selective() throws {
    var script = try Self.tenSegments(selective: true)
    // 1 and 5 are lost.
    script.send(.ack, seq: 1, ack: Self.start(1))
    var repeated: [Int] = []
    for end in 3...10 where end != 6 {
      let blocks =
        end <= 5
        ? Options.sack((Self.start(2), Self.start(end)), from: script.stackStart)
        : Options.sack(
          (Self.start(6), Self.start(end)), (Self.start(2), Self.start(5)),
          from: script.stackStart)
      script.send(.ack, seq: 1, ack: Self.start(1), options: blocks)
      repeated += Self.repeated(script.sent())
    }
    #expect(repeated == [1, 5])
    #expect(script.host.stack.counters.tcpTimeouts == 0)
    #expect(script.host.stack.counters.tcpFastRecoveries == 1)
  }

  @Test("recovery sends in proportion, and ends at the threshold (PRR)")
  func proportionalRate() throws {
    var script = try Self.tenSegments(selective: true)
    var sentBytes = 0
    for end in 2...10 {
      script.send(
        .ack, seq: 1, ack: 1,
        options: Options.sack((Self.start(1), Self.start(end)), from: script.stackStart))
      sentBytes += script.sent().reduce(0) { $0 + $1.payload.count }
    }
    let threshold = 7 * 1460
    // Seven for ten, as CUBIC's factor is 0.7, and never a burst beyond that.
    #expect(sentBytes <= threshold)
    #expect(sentBytes >= threshold - 3 * 1460)
    script.send(.ack, seq: 1, ack: Self.start(10))
    #expect(try script.status.congestionWindow == threshold)
  }

  @Test("a lost tail is probed for after about two round trips, and repaired without a time-out")
  func lostTail() throws {
    var script = try RetransmissionTimerTests.opened(
      roundTrip: .milliseconds(150), peer: Options.mss(1460) + Options.sackPermitted)
    try script.write(5 * 1460)
    let first = script.sent()
    #expect(first.count == 5)
    let begin = script.host.now - script.start
    _ = script.wait(.milliseconds(150))
    script.send(.ack, seq: 1, ack: Self.start(4))
    let probe = try #require(script.wait(.milliseconds(600)).first)
    expect(probe, .seq(Self.start(4)), .length(1460))
    let waited = probe.time - begin - .milliseconds(150)
    #expect(waited >= .milliseconds(300) && waited <= .milliseconds(520), "\(waited)")
    script.send(.ack, seq: 1, ack: Self.start(5))
    #expect(script.host.stack.counters.tcpTimeouts == 0)
    #expect(script.host.stack.counters.tcpLossProbes == 1)
    // RFC 8985, 7.4.2: a repaired loss is answered, once it is known to be one.
    try script.write(1460)
    _ = script.sent()
    script.send(.ack, seq: 1, ack: Self.start(6))
    #expect(try script.status.congestionWindow < 14_600)
  }

  @Test("a probe that was needless, by D-SACK, costs nothing")
  func needlessProbe() throws {
    var script = try RetransmissionTimerTests.opened(
      roundTrip: .milliseconds(150), peer: Options.mss(1460) + Options.sackPermitted)
    try script.write(5 * 1460)
    _ = script.sent()
    _ = script.wait(.milliseconds(500))
    let window = try script.status.congestionWindow
    script.send(
      .ack, seq: 1, ack: Self.start(5),
      options: Options.sack((Self.start(4), Self.start(5)), from: script.stackStart))
    #expect(try script.status.congestionWindow >= window)
  }

  @Test("two segments that change places cause no retransmission")
  func reordering() throws {
    var script = try Self.tenSegments(selective: true)
    var repeated: [Int] = []
    for place in stride(from: 0, to: 10, by: 2) {
      script.send(
        .ack, seq: 1, ack: Self.start(place),
        options: Options.sack(
          (Self.start(place + 1), Self.start(place + 2)), from: script.stackStart))
      // A quarter of the shortest round trip is 25 ms.
      repeated += Self.repeated(script.wait(.milliseconds(8)))
      script.send(.ack, seq: 1, ack: Self.start(place + 2))
      repeated += Self.repeated(script.sent())
    }
    #expect(repeated.isEmpty)
    #expect(script.host.stack.counters.tcpRetransSegs == 0)
    #expect(script.host.stack.counters.tcpFastRecoveries == 0)
  }

  @Test("what stays away longer than that is sent again")
  func reorderingTimer() throws {
    var script = try Self.tenSegments(selective: true)
    script.send(
      .ack, seq: 1, ack: 1,
      options: Options.sack((Self.start(1), Self.start(2)), from: script.stackStart))
    #expect(Self.repeated(script.sent()).isEmpty)
    #expect(Self.repeated(script.wait(.milliseconds(110))) == [0])
    #expect(script.host.stack.counters.tcpTimeouts == 0)
  }

  @Test(
    "after a whole window is lost the repair doubles each round trip", arguments: [true, false])
  func wholeWindow(selective: Bool) throws {
    var script = try Self.tenSegments(selective: selective)
    var rounds: [Int] = []
    var acknowledged = 1
    // A probe does not arrive either; from the time-out on, everything that is sent does.
    var batch: [SeenSegment] = []
    while batch.isEmpty {
      batch = script.wait(.milliseconds(50)).filter { $0.sequence == 1 }
    }
    for _ in 0..<3 {
      batch = batch.filter { !$0.payload.isEmpty && $0.end > acknowledged }
      rounds.append(batch.count)
      let waited = script.wait(.milliseconds(100))
      #expect(waited.isEmpty, "\(waited)")
      for segment in batch.sorted(by: { $0.sequence < $1.sequence }) {
        acknowledged = max(acknowledged, segment.end)
        script.send(.ack, seq: 1, ack: acknowledged)
      }
      batch = script.sent()
    }
    #expect(rounds == [1, 2, 4], "\(rounds)")
  }

  @Test("what a peer takes back after a time-out is sent again (RFC 2018, 8)")
  func reneging() throws {
    var script = try Self.tenSegments(selective: true)
    script.send(
      .ack, seq: 1, ack: 1,
      options: Options.sack((Self.start(1), Self.start(10)), from: script.stackStart))
    #expect(Self.repeated(script.sent()) == [0])
    // The peer has thrown everything away, and says so by acknowledging only the first.
    script.send(.ack, seq: 1, ack: Self.start(1))
    var repeated: Set<Int> = []
    var acknowledged = 1
    for _ in 0..<40 {
      let batch = script.wait(.milliseconds(300))
      repeated.formUnion(Self.repeated(batch))
      for segment in batch.sorted(by: { $0.sequence < $1.sequence })
      where segment.sequence <= Self.start(acknowledged) {
        acknowledged = max(acknowledged, (segment.end - 1) / Self.segment)
      }
      script.send(.ack, seq: 1, ack: Self.start(acknowledged))
    }
    #expect(repeated.isSuperset(of: 1..<10), "\(repeated.sorted())")
  }

  @Test("SACK blocks that lie, overlap or point outside change nothing")
  func badBlocks() throws {
    var script = try Self.tenSegments(selective: true)
    for (left, right) in [
      (-5000, 1), (Self.start(10), Self.start(12)), (Self.start(5), Self.start(3)),
      (Self.start(4), Self.start(4)), (1 << 30, 1 << 30 + 1460),
    ] {
      script.send(
        .ack, seq: 1, ack: 1, options: Options.sack((left, right), from: script.stackStart))
    }
    #expect(script.host.stack.tcp.connections[script.place].sent.sackedCount == 0)
    #expect(Self.repeated(script.wait(.milliseconds(60))).isEmpty)
  }

  @Test("what a peer says has arrived, however much, never overflows the window")
  func hugeDelivery() {
    var recovery = LossRecovery()
    recovery.begin(at: SequenceNumber(rawValue: 0), inFlight: 1)
    recovery.sent = 1460
    // 2^20 bytes of 2^11 for each of the one byte in flight at the start: 2^31.
    let window = recovery.proportionalWindow(
      afterDelivering: 1 << 20, inFlight: 4096, threshold: 1 << 11, segmentSize: 1460)
    #expect(window == .max)
  }

  /// The lost tail of five segments was probed for, and its first sending acknowledged meanwhile.
  static func lateTail() throws -> Script {
    var script = try RetransmissionTimerTests.opened(
      roundTrip: .milliseconds(150), peer: Options.mss(1460) + Options.sackPermitted)
    try script.write(5 * 1460)
    _ = script.sent()
    #expect(repeated(script.wait(.milliseconds(500))) == [4])
    script.send(.ack, seq: 1, ack: start(5))
    return script
  }

  @Test(
    "a tail that was only late costs nothing, whether D-SACK or a duplicate says so",
    arguments: [true, false])
  func lateTail(reported: Bool) throws {
    var script = try Self.lateTail()
    let report = Options.sack((Self.start(4), Self.start(5)), from: script.stackStart)
    script.send(.ack, seq: 1, ack: Self.start(5), options: reported ? report : [])
    try script.write(1460)
    _ = script.sent()
    script.send(.ack, seq: 1, ack: Self.start(6))
    #expect(try script.status.congestionWindow >= 14_600)
    // The probe was a timer's: what is behind it was not reordered.
    #expect(!script.host.stack.tcp.connections[script.place].flags.contains(.reorderingSeen))
  }
}
