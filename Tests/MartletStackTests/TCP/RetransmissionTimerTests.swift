import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Hard part 6: the retransmission timer (RFC 6298), Karn's rule, back-off, restart after idling.
@Suite("Retransmission timer")
struct RetransmissionTimerTests {
  /// A connection whose handshake took `roundTrip`.
  static func opened(
    _ configuration: Configuration = Script.configuration(),
    roundTrip: Interval = .milliseconds(50),
    window: Int = 65_535, peer: [UInt8] = Options.mss(1460)
  ) throws -> Script {
    var script = try Script(configuration)
    script.window = window
    try script.connect()
    _ = script.wait(roundTrip)
    script.send([.syn, .ack], seq: 0, ack: 1, options: peer)
    _ = script.sent()
    return script
  }

  static func gaps(_ segments: [SeenSegment]) -> [Int64] {
    zip(segments.dropFirst(), segments).map { ($0.time - $1.time).microseconds / 1000 }
  }

  @Test("doubles up to a minute, and gives up after fifteen")
  func backoff() throws {
    var script = try Self.opened()
    try script.write(100)
    let sent = script.wait(.seconds(2000))
    let gaps = Self.gaps(sent)
    #expect(sent.allSatisfy { $0.sequence == 1 && $0.payload.count == 100 })
    #expect(gaps.prefix(8) == [250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000])
    #expect(gaps.dropFirst(8).allSatisfy { $0 == 60_000 })
    #expect(sent.count == 16)
    #expect(script.endReason == .timedOut)
  }

  @Test("is never shorter than the configured minimum", arguments: [(200, 202), (1000, 1000)])
  func minimum(milliseconds: Int64, expected: Int64) throws {
    var configuration = Script.configuration()
    configuration.minimumRTO = .milliseconds(milliseconds)
    var script = try Self.opened(configuration, roundTrip: .milliseconds(2))
    try script.write(100)
    let gap = Self.gaps(script.wait(.seconds(3)))[0]
    #expect(gap == expected)
  }

  @Test("follows RFC 6298's arithmetic")
  func arithmetic() {
    var trip = RoundTrip()
    #expect(trip.timeout(shortest: .milliseconds(200)) == .seconds(1))
    trip.sample(.milliseconds(400), at: .zero)
    // SRTT = R, RTTVAR = R/2, RTO = SRTT + 4 RTTVAR.
    #expect(trip.timeout(shortest: .milliseconds(200)) == .milliseconds(1200))
    trip.sample(.milliseconds(800), at: .zero)
    // RTTVAR = 3/4 * 200 + 1/4 * 400, SRTT = 7/8 * 400 + 1/8 * 800.
    #expect(trip.variation == .milliseconds(250))
    #expect(trip.smoothed == .milliseconds(450))
    #expect(trip.timeout(shortest: .milliseconds(200)) == .milliseconds(1450))
    trip.backOff()
    #expect(trip.timeout(shortest: .milliseconds(200)) == .milliseconds(2900))
    for _ in 0..<10 { trip.backOff() }
    #expect(trip.timeout(shortest: .milliseconds(200)) == .seconds(60))
  }

  @Test("takes no sample from a segment sent twice, and stays backed off until it has one")
  func karn() throws {
    var script = try Self.opened()
    let before = try script.status.roundTripTime
    try script.write(100)
    _ = script.wait(.milliseconds(300))
    script.send(.ack, seq: 1, ack: 101)
    #expect(try script.status.roundTripTime == before)
    #expect(try script.status.retransmissionTimeout == .milliseconds(500))
    // The next segment is lost once too: its first wait is the doubled one.
    try script.write(100)
    #expect(Self.gaps(script.wait(.milliseconds(900)))[0] == 500)
    script.send(.ack, seq: 1, ack: 201)
    // One that is acknowledged at its first sending gives a sample, which ends the back-off.
    try script.write(100)
    _ = script.wait(.milliseconds(50))
    script.send(.ack, seq: 1, ack: 301)
    #expect(try script.status.retransmissionTimeout < .milliseconds(500))
  }

  @Test("starts anew with each acknowledgment of new data")
  func restart() throws {
    var script = try Self.opened()
    try script.write(2 * 1460)
    _ = script.wait(.milliseconds(150))
    script.send(.ack, seq: 1, ack: 1461)
    let sent = script.wait(.milliseconds(600))
    // 150 ms, and from there the time-out: with a sample of 150 ms, 62 + 250 ms or so.
    #expect(sent.first?.sequence == 1461)
    let waited = try #require(sent.first).time - .milliseconds(50)
    #expect(waited >= .milliseconds(400) && waited < .milliseconds(480))
  }

  @Test("a SYN that was lost leaves one segment to begin with, and three seconds")
  func repeatedSyn() throws {
    var script = try Script()
    try script.connect()
    _ = script.wait(.milliseconds(1500))
    script.send([.syn, .ack], seq: 0, ack: 1, options: Options.mss(1460))
    _ = script.sent()
    try script.write(10_000)
    let sent = script.wait(.seconds(4))
    #expect(sent[0].time == sent[0].time && sent[0].end == 1461)
    #expect(Self.gaps(sent)[0] == 3000)
  }

  @Test("the same holds for a SYN-ACK that was lost")
  func repeatedSynAck() throws {
    var script = try Script()
    try script.listen()
    script.send(.syn, seq: 0, options: Options.mss(1460))
    #expect(script.wait(.milliseconds(1500)).count == 2)
    script.send(.ack, seq: 1, ack: 1)
    try script.accept()
    try script.write(10_000)
    #expect(script.sent().map(\.end) == [1461])
  }

  @Test("a SYN-ACK that was asked for twice gives no sample (Karn)")
  func repeatedSynSample() throws {
    var script = try Script()
    try script.listen()
    script.send(.syn, seq: 0, options: Options.mss(1460))
    _ = script.wait(.milliseconds(600))
    script.send(.syn, seq: 0, options: Options.mss(1460))
    _ = script.wait(.milliseconds(10))
    script.send(.ack, seq: 1, ack: 1)
    try script.accept()
    #expect(try script.status.roundTripTime == .zero)
    #expect(try script.status.retransmissionTimeout == .seconds(1))
  }

  @Test("ten segments begin, and begin again after a pause (RFC 6928, RFC 5681, 4.1)")
  func restartAfterIdle() throws {
    var script = try Self.opened()
    try script.write(60_000)
    var acknowledged = 1
    let first = script.sent()
    #expect(first.count == 10)
    while acknowledged < 60_001 {
      _ = script.wait(.milliseconds(50))
      acknowledged = min(acknowledged + 14_600, 60_001)
      script.send(.ack, seq: 1, ack: acknowledged)
    }
    #expect(try script.status.congestionWindow > 30_000)
    _ = script.wait(.seconds(2))
    try script.write(60_000)
    #expect(script.sent().count == 10)
  }

  @Test("takes no sample from what waited behind a segment sent twice")
  func waitedBehind() throws {
    var script = try Self.opened()
    let before = try script.status.roundTripTime
    try script.write(5 * 1460)
    _ = script.wait(.milliseconds(300))
    script.send(.ack, seq: 1, ack: 1 + 5 * 1460)
    #expect(try script.status.roundTripTime == before)
  }

  @Test("acknowledging what the peer sends is no sending: the window begins anew behind it")
  func restartAfterReceiving() throws {
    var script = try Self.opened()
    try script.write(60_000)
    var acknowledged = 1
    while acknowledged < 60_001 {
      _ = script.wait(.milliseconds(50))
      acknowledged = min(acknowledged + 14_600, 60_001)
      script.send(.ack, seq: 1, ack: acknowledged)
    }
    #expect(try script.status.congestionWindow > 30_000)
    for place in 1...30 {
      script.send(.ack, seq: place, ack: acknowledged, data: [1])
      #expect(script.wait(.milliseconds(100)).count == 1)
    }
    try script.write(60_000)
    #expect(script.sent().filter { !$0.payload.isEmpty }.count == 10)
  }
}
