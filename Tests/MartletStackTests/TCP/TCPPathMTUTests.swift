import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Hard part 9: path MTU discovery against forged ICMP, and black holes (RFC 1191, 5927, 4821).
@Suite("Path MTU discovery of TCP")
struct TCPPathMTUTests {
  /// Ten full segments are out.
  static func tenSegments(_ first: inout [SeenSegment]) throws -> Script {
    var script = try RetransmissionTimerTests.opened()
    try script.write(100_000)
    let sent = script.sent()
    #expect(sent.count == 10 && sent[0].packet.count == 1500)
    #expect(sent.allSatisfy { $0.packet.word(at: 6) == 0x4000 })
    first = sent
    return script
  }

  /// A router says that a packet was too long.
  static func report(mtu: UInt32, quoting packet: [UInt8], to script: inout Script) {
    let error = Frame.icmp(3, 4, rest: mtu, Array(packet[0..<28]))
    script.host.receive(
      packet: Frame.ipv4(from: IPv4Address(203, 0, 113, 9), to: Host.address(1), .icmp, error),
      from: 2)
  }

  @Test(
    "what is out goes again at once in segments that fit, and nothing slows down",
    arguments: [(1000, 1000), (68, 552), (0, 1492), (1499, 1499)])
  func narrows(claimed: UInt32, believed: Int) throws {
    var out: [SeenSegment] = []
    var script = try Self.tenSegments(&out)
    let first = out[0]
    let window = try script.status.congestionWindow
    Self.report(mtu: claimed, quoting: first.packet, to: &script)
    let again = script.sent()
    #expect(again.first?.sequence == 1)
    #expect(again.allSatisfy { $0.packet.count <= believed }, "\(again)")
    #expect(again.contains { $0.packet.count == believed })
    #expect(again.reduce(0) { $0 + $1.payload.count } >= 10_000)
    #expect(try script.status.congestionWindow >= window)
    #expect(script.host.stack.counters.tcpTimeouts == 0)
    #expect(script.host.stack.counters.tcpFastRecoveries == 0)
  }

  @Test(
    "a quote of bytes that are not on their way is not believed", arguments: [20_000, -1, 14_600])
  func forged(offset: Int) throws {
    var out: [SeenSegment] = []
    var script = try Self.tenSegments(&out)
    let first = out[0]
    var quote = first.packet
    let number = first.rawSequence &+ UInt32(truncatingIfNeeded: offset)
    quote.replaceSubrange(24..<28, with: Frame.word32(number))
    Self.report(mtu: 600, quoting: quote, to: &script)
    expectSilence(script.sent())
    #expect(try script.status.segmentSize == 1460)
    #expect(script.host.stack.counters.dropped(.icmpUnmatched) == 1)
  }

  @Test("a wider claim than what is known changes nothing", arguments: [1500, 9000, 65_535])
  func wider(mtu: UInt32) throws {
    var out: [SeenSegment] = []
    var script = try Self.tenSegments(&out)
    let first = out[0]
    Self.report(mtu: mtu, quoting: first.packet, to: &script)
    expectSilence(script.sent())
    #expect(try script.status.segmentSize == 1460)
  }

  @Test("new connections begin with what is known of the path, and ask the peer for no more")
  func remembered() throws {
    var out: [SeenSegment] = []
    var script = try Self.tenSegments(&out)
    let first = out[0]
    Self.report(mtu: 1000, quoting: first.packet, to: &script)
    _ = script.sent()
    script.ports = (81, 5001)
    script.stackStart = nil
    try script.connect()
    expect(script.sent().last, .syn, .mss(960))
  }

  @Test("after ten minutes the wider path is tried again")
  func widens() throws {
    var out: [SeenSegment] = []
    var script = try Self.tenSegments(&out)
    let first = out[0]
    Self.report(mtu: 1000, quoting: first.packet, to: &script)
    var acknowledged = 1
    while acknowledged < 100_001 {
      acknowledged = max(acknowledged, script.sent().map(\.end).max() ?? acknowledged)
      script.send(.ack, seq: 1, ack: acknowledged)
    }
    _ = script.wait(.seconds(590))
    try script.write(3000)
    #expect(script.sent().map(\.payload.count) == [960, 960, 960, 120])
    script.send(.ack, seq: 1, ack: 103_001)
    _ = script.wait(.seconds(11))
    try script.write(3000)
    #expect(script.sent().map(\.payload.count) == [1460, 1460, 80])
  }

  @Test("a black hole without ICMP is passed by smaller segments")
  func blackHole() throws {
    var out: [SeenSegment] = []
    var script = try Self.tenSegments(&out)
    // Nothing above 1,000 bytes arrives, and nobody says so.
    var acknowledged = 1
    let end = script.host.now + .seconds(60)
    while script.host.now < end, acknowledged < 100_001 {
      for segment in script.wait(.milliseconds(50))
      where segment.packet.count <= 1000 && segment.sequence <= acknowledged {
        acknowledged = max(acknowledged, segment.end)
      }
      script.send(.ack, seq: 1, ack: acknowledged)
    }
    #expect(acknowledged == 100_001)
    #expect(try script.status.segmentSize < 960)
    #expect(script.state == .established)
  }

  @Test("hard errors end an attempt to connect, never a connection (RFC 5927, 4)")
  func hardErrors() throws {
    var out: [SeenSegment] = []
    var script = try Self.tenSegments(&out)
    let first = out[0]
    let error = Frame.icmp(3, 3, rest: 0, Array(first.packet[0..<28]))
    let packet = Frame.ipv4(from: Host.address(2), to: Host.address(1), .icmp, error)
    script.host.receive(packet: packet, from: 2)
    #expect(script.state == .established)

    var attempt = try Script()
    try attempt.connect()
    let syn = try #require(attempt.sent().first)
    let refusal = Frame.icmp(3, 3, rest: 0, Array(syn.packet[0..<28]))
    attempt.host.receive(
      packet: Frame.ipv4(from: Host.address(2), to: Host.address(1), .icmp, refusal), from: 2)
    #expect(attempt.endReason == .refused)
  }
}
