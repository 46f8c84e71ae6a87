import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Hard part 1: segment acceptance, blind reset, blind SYN (RFC 9293, 3.10.7.4; RFC 5961).
@Suite("Segment acceptance")
struct SegmentAcceptanceTests {
  static func isAlive(_ script: inout Script) throws -> Bool {
    script.send(.ack, seq: 1, ack: 1, data: [42])
    return try script.read() == [42]
  }

  @Test("a reset in the window, not at RCV.NXT, is challenged", arguments: [2, 1000, 65_535])
  func inexactReset(offset: Int) throws {
    var script = try Script.opened()
    script.send(.rst, seq: offset)
    let answer = script.sent()
    #expect(answer.count == 1)
    expect(answer.first, .ack, .seq(1), .ack(1), .length(0))
    #expect(try Self.isAlive(&script))
    #expect(script.host.stack.counters.tcpChallengeACKs == 1)
  }

  @Test(
    "a reset outside the window is met with silence", arguments: [0, -1, -60_000, 65_537, 1 << 30])
  func resetOutsideTheWindow(sequence: Int) throws {
    var script = try Script.opened()
    script.send(.rst, seq: sequence)
    expectSilence(script.sent())
    #expect(try Self.isAlive(&script))
  }

  @Test("a SYN is challenged, whatever its number", arguments: [0, 1, 2, 30_000, 1 << 29])
  func blindSyn(sequence: Int) throws {
    var script = try Script.opened()
    script.send(.syn, seq: sequence)
    expect(script.sent().first, .ack, .seq(1), .ack(1))
    #expect(try Self.isAlive(&script))
  }

  @Test("an acknowledgment of what was never sent is answered, and its data dropped")
  func acknowledgmentOfTheFuture() throws {
    var script = try Script.opened()
    script.send(.ack, seq: 1, ack: 2, data: [1, 2, 3])
    // Linux stays silent in ESTABLISHED; RFC 9293 and RFC 5961, 5.2 ask for an answer.
    expect(script.sent().first, .ack, .seq(1), .ack(1))
    #expect(try script.read().isEmpty)
    #expect(try Self.isAlive(&script))
  }

  @Test("an acknowledgment from before the largest window is answered, and its data dropped")
  func acknowledgmentOfThePast() throws {
    var script = try Script.opened()
    script.send(.ack, seq: 1, ack: -70_000, data: [1, 2, 3])
    expect(script.sent().first, .ack, .seq(1), .ack(1))
    #expect(try script.read().isEmpty)
    #expect(try Self.isAlive(&script))
  }

  @Test("a reset at RCV.NXT ends the connection")
  func exactReset() throws {
    var script = try Script.opened()
    script.send(.rst, seq: 1)
    expectSilence(script.sent())
    #expect(script.state == .closed)
    #expect(script.endReason == .reset)
    #expect(throws: StackError.connectionEnded(.reset)) { _ = try script.readResult() }
  }

  @Test("a hundred blind resets in a second are not answered a hundred times")
  func challengesAreRateLimited() throws {
    var script = try Script.opened()
    var answers = 0
    for index in 0..<100 {
      script.send(.rst, seq: 2 + index)
      answers += script.wait(.milliseconds(10)).count
    }
    #expect((1...5).contains(answers))
    #expect(try Self.isAlive(&script))
  }

  @Test("a segment without ACK is dropped")
  func noAcknowledgment() throws {
    var script = try Script.opened()
    script.send([], seq: 1, data: [1])
    expectSilence(script.sent())
    #expect(try script.read().isEmpty)
  }

  @Test("data around the window is cut to it, whichever end juts out")
  func overlappingData() throws {
    var script = try Script.opened()
    script.send(.ack, seq: 1, ack: 1, data: Frame.pattern(100))
    script.send(.ack, seq: 51, ack: 1, data: Array(Frame.pattern(200)[50...]))
    #expect(try script.read() == Frame.pattern(200))
    expect(script.wait(.milliseconds(50)).first, .ack, .ack(201))
    script.send(.ack, seq: 1, ack: 1, data: Frame.pattern(100))
    expect(script.sent().first, .ack, .ack(201))
    #expect(try script.read().isEmpty)
  }

  @Test("a wrong checksum is dropped and counted")
  func checksum() throws {
    var script = try Script.opened()
    var segment = Frame.tcp(
      from: Host.address(2), Script.peerPort, to: Host.address(1), Script.stackPort, flags: .rst,
      sequence: script.peerStart &+ 1, acknowledgment: 0, window: 0)
    segment[16] ^= 1
    script.host.receive(
      packet: Frame.ipv4(from: Host.address(2), to: Host.address(1), .tcp, segment), from: 2)
    #expect(script.state == .established)
    #expect(script.host.stack.counters.dropped(.tcpChecksum) == 1)
  }

  @Test("a stranger's segment is refused with the reset that RFC 9293 names")
  func refusals() throws {
    var script = try Script()
    script.stackStart = 0
    script.send(.syn, seq: 0)
    expect(script.sent().first, .rstAck, .seq(0), .ack(1))
    script.send(.ack, seq: 5, ack: 77, data: [1])
    expect(script.sent().first, .rst, .seq(77))
    script.send([.fin], seq: 5, data: [1, 2])
    expect(script.sent().first, .rstAck, .seq(0), .ack(8))
    script.send([.rst, .ack], seq: 5, ack: 9)
    expectSilence(script.sent())
  }

  @Test("a segment from the host's own address and port is dropped (land attack)")
  func land() throws {
    var script = try Script()
    try script.listen()
    let segment = Frame.tcp(
      from: Host.address(1), Script.stackPort, to: Host.address(1), Script.stackPort,
      flags: .syn, sequence: 1, acknowledgment: 0, window: 1000)
    script.host.receive(
      packet: Frame.ipv4(from: Host.address(1), to: Host.address(1), .tcp, segment), from: 2)
    expectSilence(script.sent())
    #expect(script.host.stack.counters.dropped(.ipBadSource) == 1)
  }
}
