import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Hard part 8: timestamps, PAWS and the wrap of sequence numbers (RFC 7323).
@Suite("Timestamps")
struct TimestampTests {
  static func opened(_ value: UInt32 = 1000) throws -> Script {
    var configuration = Script.configuration()
    configuration.timestamps = true
    var script = try Script(configuration)
    script.timestamp = value
    try script.connect()
    expect(script.sent().first, .syn, .timestamps)
    script.send([.syn, .ack], seq: 0, ack: 1, options: Options.mss(1460))
    expect(script.sent().first, .ack, .echo(value))
    return script
  }

  @Test("an older timestamp is dropped and acknowledged")
  func oldDuplicate() throws {
    var script = try Self.opened()
    script.timestamp = 999
    script.send(.ack, seq: 1, ack: 1, data: [1, 2])
    expect(script.sent().first, .ack, .ack(1), .echo(1000))
    #expect(try script.read().isEmpty)
    #expect(script.host.stack.counters.dropped(.tcpPAWS) == 1)
    script.timestamp = 1000
    script.send(.ack, seq: 1, ack: 1, data: [3])
    #expect(try script.read() == [3])
  }

  @Test("one of a segment whose acknowledgment is no good is not remembered")
  func guessed() throws {
    var script = try Self.opened()
    script.timestamp = 1000 + 1 << 30
    script.send(.ack, seq: 1, ack: 100_000)
    _ = script.sent()
    script.timestamp = 1001
    script.send(.ack, seq: 1, ack: 1, data: [5])
    #expect(try script.read() == [5])
    #expect(script.host.stack.counters.dropped(.tcpPAWS) == 0)
  }

  @Test("a reset counts whatever its timestamp")
  func reset() throws {
    var script = try Self.opened()
    script.timestamp = 5
    script.send(.rst, seq: 1)
    #expect(script.endReason == .reset)
  }

  @Test("a segment without the option passes, as it does with Linux")
  func missing() throws {
    var script = try Self.opened()
    script.timestamp = nil
    script.send(.ack, seq: 1, ack: 1, data: [7])
    #expect(try script.read() == [7])
  }

  @Test("TS.Recent is the earliest that awaits acknowledgment, never one from beyond a gap")
  func recent() throws {
    var script = try Self.opened()
    script.timestamp = 1010
    script.send(.ack, seq: 101, ack: 1, data: Frame.pattern(100))
    expect(script.sent().first, .ack(1), .echo(1000))
    script.timestamp = 1020
    script.send(.ack, seq: 1, ack: 1, data: Frame.pattern(100))
    expect(script.sent().first, .ack(201), .echo(1020))
    // Two segments for one acknowledgment: the first one's is echoed.
    script.timestamp = 1030
    script.send(.ack, seq: 201, ack: 1, data: Frame.pattern(1460))
    script.timestamp = 1040
    script.send(.ack, seq: 1661, ack: 1, data: Frame.pattern(1460))
    expect(script.sent().first, .ack(3121), .echo(1030))
  }

  @Test("after 24 days TS.Recent is void")
  func aging() throws {
    var script = try Self.opened(4_000_000_000)
    _ = script.wait(.seconds(25 * 24 * 3600))
    script.timestamp = 3_999_999_999
    script.send(.ack, seq: 1, ack: 1, data: [1])
    #expect(try script.read() == [1])
  }

  @Test("the clock is the connection's own and moves by milliseconds")
  func clock() throws {
    var script = try Self.opened()
    let first = script.lastValue
    _ = script.wait(.milliseconds(250))
    try script.write(1)
    let segment = try #require(script.sent().first)
    #expect(segment.timestamps?.value == first &+ 250)
    let plain = UInt32(truncatingIfNeeded: (script.start.microseconds) / 1000)
    #expect(first != plain)
  }

  @Test("an echo gives a round-trip sample even of a segment sent twice")
  func sampleOfARetransmission() throws {
    var script = try Self.opened()
    try script.write(100)
    let again = try #require(script.wait(.milliseconds(250)).last)
    #expect(again.sequence == 1)
    _ = script.wait(.milliseconds(30))
    script.send(.ack, seq: 1, ack: 101, echo: again.timestamps?.value)
    let trip = try script.status.roundTripTime
    // An eighth of the 80 ms since the second sending; the handshake took no time.
    #expect(trip > .milliseconds(9) && trip < .milliseconds(11))
  }

  @Test("ten megabytes cross the wrap of both sides' numbers")
  func wrap() throws {
    var script = try Script()
    let key = ConnectionKey(
      localAddress: Host.address(1), remoteAddress: Host.address(2),
      localPort: Script.stackPort, remotePort: Script.peerPort)
    // ISS moves by one in 4 µs: waits until it is just below the wrap.
    let left = UInt32.max &- script.host.stack.initialSequence(key).rawValue &- 100_000
    _ = script.wait(.microseconds(Int64(left) * 4))
    script.peerStart = UInt32.max - 100_000
    try script.connect()
    _ = script.sent()
    let start = script.stackStart ?? 0
    #expect(start > UInt32.max - 200_000)
    script.send([.syn, .ack], seq: 0, ack: 1, options: Options.mss(1460))
    _ = script.sent()
    let total = 10_000_000
    var queued = 0
    var received = 0
    while received < total {
      queued += try script.write(min(60_000, total - queued))
      for segment in script.sent() where !segment.payload.isEmpty {
        #expect(segment.sequence == 1 + received)
        received = segment.end - 1
      }
      // The peer's own bytes cross the wrap too.
      script.send(.ack, seq: 1 + script.peerCount, ack: 1 + received, data: Frame.pattern(1460))
      script.peerCount += try script.read().count
    }
    #expect(script.peerCount > 200_000)
    #expect(script.host.stack.counters.tcpRetransSegs == 0)
  }
}
