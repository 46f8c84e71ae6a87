import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Hard part 2: the states on the way out (RFC 9293, 3.6; RFC 1337; RFC 6191; RFC 2525, 2.17).
@Suite("Closing")
struct CloseTests {
  @Test("FINs that cross go by CLOSING to TIME-WAIT, which a reset does not end")
  func crossingFins() throws {
    var script = try Script.opened()
    try script.shutdown()
    expect(script.sent().first, .finAck, .seq(1), .ack(1))
    #expect(script.state == .finWait1)
    script.send([.fin, .ack], seq: 1, ack: 1)
    expect(script.sent().first, .ack, .seq(2), .ack(2))
    #expect(script.state == .closing)
    script.send(.ack, seq: 2, ack: 2)
    #expect(script.state == .timeWait)
    script.send(.rst, seq: 2)
    expectSilence(script.sent())
    #expect(script.state == .timeWait)
    script.close()
    script.send(.rst, seq: 2)
    expectSilence(script.sent())
    #expect(script.host.stack.tcp.timeWait.count == 1)
  }

  /// A connection in TIME-WAIT whose user has gone.
  static func inTimeWait(_ configuration: Configuration = Script.configuration()) throws -> Script {
    var script = try Script.accepted(configuration)
    script.close()
    _ = script.sent()
    script.send([.fin, .ack], seq: 1, ack: 2)
    expect(script.sent().first, .ack, .seq(2), .ack(2))
    let count = script.host.stack.tcp.timeWait.count
    #expect(count == 1)
    return script
  }

  @Test("a FIN that comes again is acknowledged again, and the wait begins anew")
  func repeatedFin() throws {
    var script = try Self.inTimeWait()
    _ = script.wait(.seconds(50))
    script.send([.fin, .ack], seq: 1, ack: 2)
    expect(script.sent().first, .ack, .seq(2), .ack(2))
    _ = script.wait(.seconds(59))
    #expect(script.host.stack.tcp.timeWait.count == 1)
    _ = script.wait(.seconds(2))
    #expect(script.host.stack.tcp.timeWait.count == 0)
  }

  @Test("the same holds while the user still has the connection")
  func repeatedFinWithUser() throws {
    var script = try Script.opened()
    try script.shutdown()
    _ = script.sent()
    script.send([.fin, .ack], seq: 1, ack: 2)
    _ = script.wait(.seconds(50))
    #expect(script.state == .timeWait)
    script.send([.fin, .ack], seq: 1, ack: 2)
    expect(script.sent().first, .ack, .seq(2), .ack(2))
    _ = script.wait(.seconds(59))
    #expect(script.state == .timeWait)
    _ = script.wait(.seconds(2))
    #expect(script.state == .closed)
    #expect(script.endReason == .closed)
  }

  @Test("no other FIN begins the wait anew, and few are answered")
  func strangeFins() throws {
    var script = try Self.inTimeWait()
    var answers = 0
    for step in 0..<100 {
      script.send([.fin, .ack], seq: 1000 + step, ack: 2)
      script.send(.ack, seq: 500, ack: 2, data: [1])
      answers += script.wait(.milliseconds(100)).count
    }
    #expect((18...21).contains(answers))
    _ = script.wait(.seconds(51))
    #expect(script.host.stack.tcp.timeWait.count == 0)
  }

  @Test("nor while the user still has the connection")
  func strangeFinsWithUser() throws {
    var script = try Script.opened()
    try script.shutdown()
    _ = script.sent()
    script.send([.fin, .ack], seq: 1, ack: 2)
    _ = script.wait(.seconds(50))
    script.send([.fin, .ack], seq: -100, ack: 2)
    _ = script.wait(.seconds(11))
    #expect(script.state == .closed)
  }

  @Test("a new connection begins beyond the numbers of the one whose place it takes")
  func reusedNumbers() throws {
    var script = try Self.inTimeWait()
    // As if a gigabyte had been sent: far beyond what the clock of 4 µs has reached.
    let record = script.host.stack.tcp.timeWait[0]
    let clock = script.host.stack.initialSequence(record.key)
    let last = clock.advanced(by: 1 << 30)
    let number = script.host.stack.initialSequence(record.key, beyond: last)
    #expect(number.follows(last))
    #expect(
      script.host.stack.initialSequence(record.key, beyond: clock.advanced(by: -(1 << 30))) == clock
    )
    // At once, though the clock has hardly moved.
    let old = record.sendNext
    script.stackStart = nil
    script.peerStart &+= 100_000
    script.send(.syn, seq: 0, options: Options.mss(1460))
    let answers = script.sent()
    let answer = try #require(answers.first)
    #expect(SequenceNumber(rawValue: answer.rawSequence).distance(from: old) >= 65_536)
  }

  @Test("a SYN for which there is no room leaves TIME-WAIT as it is")
  func reuseWithoutRoom() throws {
    var script = try Self.inTimeWait()
    let handle = script.listener
    let listener = Int(try #require(handle).index)
    let backlog = script.host.stack.tcp.listeners[listener].options.backlog
    script.host.stack.tcp.listeners[listener].readyCount += backlog
    script.send(.syn, seq: 100_000, options: Options.mss(1460))
    #expect(script.sent().isEmpty)
    #expect(script.host.stack.tcp.timeWait.count == 1)
    script.host.stack.tcp.listeners[listener].readyCount -= backlog
  }

  @Test("a SYN with a higher number opens a new connection in TIME-WAIT's place")
  func reuse() throws {
    var script = try Self.inTimeWait()
    script.stackStart = nil
    script.peerStart &+= 100_000
    script.send(.syn, seq: 0, options: Options.mss(1460))
    expect(script.sent().first, .synAck, .ack(1))
    script.send(.ack, seq: 1, ack: 1)
    try script.accept()
    #expect(script.state == .established)
    #expect(script.host.stack.tcp.timeWait.count == 0)
  }

  @Test("an older SYN is acknowledged in TIME-WAIT, not taken and not reset")
  func oldSyn() throws {
    var script = try Self.inTimeWait()
    script.send(.syn, seq: -1000)
    expect(script.sent().first, .ack, .seq(2), .ack(2))
    #expect(script.host.stack.tcp.timeWait.count == 1)
  }

  @Test("a SYN whose timestamp is newer is taken in TIME-WAIT whatever its number (RFC 6191)")
  func reuseByTimestamp() throws {
    var configuration = Script.configuration()
    configuration.timestamps = true
    var script = try Script(configuration)
    script.timestamp = 5000
    try script.listen()
    script.send(.syn, seq: 0, options: Options.mss(1460))
    _ = script.sent()
    script.send(.ack, seq: 1, ack: 1)
    try script.accept()
    script.close()
    _ = script.sent()
    script.send([.fin, .ack], seq: 1, ack: 2)
    _ = script.sent()
    script.peerStart &-= 1_000_000
    script.timestamp = 4999
    script.send(.syn, seq: 0, options: Options.mss(1460))
    expect(script.sent().first, .has(.ack), .lacks([.syn, .rst]))
    script.timestamp = 5001
    script.stackStart = nil
    script.send(.syn, seq: 0, options: Options.mss(1460))
    expect(script.sent().first, .synAck, .ack(1))
  }

  @Test("a FIN before its data waits for the data")
  func finBeforeData() throws {
    var script = try Script.opened()
    script.send([.fin, .ack], seq: 101, ack: 1)
    expect(script.sent().first, .ack, .ack(1))
    #expect(script.state == .established)
    #expect(try script.readResult() == .nothingYet)
    script.send(.ack, seq: 1, ack: 1, data: Frame.pattern(100))
    expect(script.sent().first, .ack, .ack(102))
    #expect(script.state == .closeWait)
    #expect(try script.read() == Frame.pattern(100))
    #expect(try script.readResult() == .endOfStream)
  }

  @Test("half-closed, this side still receives, and half-closed by the peer, it still sends")
  func halfClose() throws {
    var script = try Script.opened()
    try script.shutdown()
    _ = script.sent()
    script.send(.ack, seq: 1, ack: 2)
    #expect(script.state == .finWait2)
    for turn in 0..<3 {
      _ = script.wait(.seconds(300))
      script.send(.ack, seq: 1 + turn * 100, ack: 2, data: Frame.pattern(100))
      #expect(try script.read() == Frame.pattern(100))
    }
    #expect(throws: StackError.badState) { try script.write(1) }

    var other = try Script.opened()
    other.send([.fin, .ack], seq: 1, ack: 1)
    #expect(other.state == .closeWait)
    try other.write(500)
    expect(other.sent().last, .has(.ack), .length(500), .ack(2))
    try other.shutdown()
    expect(other.sent().first, .finAck, .seq(501), .ack(2))
    #expect(other.state == .lastAck)
    other.send(.ack, seq: 2, ack: 502)
    #expect(other.state == .closed)
    #expect(other.endReason == .closed)
  }

  @Test("closing with unread data resets, so that it does not look delivered")
  func closeWithUnreadData() throws {
    var script = try Script.opened()
    script.send(.ack, seq: 1, ack: 1, data: [1, 2, 3])
    script.close()
    expect(script.sent().last, .rstAck, .seq(1), .ack(4))
    #expect(script.state == nil)
    #expect(script.host.stack.memoryUse.blockCount == 0)
  }

  @Test("data for a user who has closed is answered with a reset")
  func dataAfterClose() throws {
    var script = try Script.opened()
    script.close()
    expect(script.sent().first, .finAck)
    script.send(.ack, seq: 1, ack: 2, data: [1])
    expect(script.sent().first, .rstAck)
    #expect(script.host.stack.tcp.connections.count == 0)
  }

  @Test("data goes before the FIN, which is sent again until it is acknowledged")
  func finIsRetransmitted() throws {
    var script = try Script.opened()
    try script.write(3000)
    try script.shutdown()
    let first = script.sent()
    #expect(first.map(\.end) == [1461, 2921, 3002])
    expect(first.last, .finAck, .length(80))
    script.send(.ack, seq: 1, ack: 3001)
    let again = script.wait(.seconds(2))
    expect(again.first, .finAck, .seq(3001), .length(0))
    script.send(.ack, seq: 1, ack: 3002)
    #expect(script.state == .finWait2)
  }

  @Test("without a user FIN-WAIT-2 does not last for ever")
  func orphanedFinWait2() throws {
    var script = try Script.opened()
    script.close()
    _ = script.sent()
    script.send(.ack, seq: 1, ack: 2)
    _ = script.wait(.seconds(61))
    #expect(script.host.stack.tcp.connections.count == 0)
  }

  @Test("giving a connection up resets the peer")
  func abort() throws {
    var script = try Script.opened()
    try script.write(100)
    _ = script.sent()
    script.abort()
    expect(script.sent().first, .rstAck, .seq(101), .ack(1))
    #expect(script.state == nil)
  }

  @Test("a peer that repeats its FIN before ours is acknowledged each time")
  func repeatedFinInCloseWait() throws {
    var script = try Script.opened()
    script.send([.fin, .ack], seq: 1, ack: 1)
    expect(script.sent().first, .ack, .ack(2))
    script.send([.fin, .ack], seq: 1, ack: 1)
    expect(script.sent().first, .ack, .ack(2))
    #expect(script.state == .closeWait)
  }

  @Test("data behind the peer's FIN is acknowledged and thrown away")
  func dataBehindFin() throws {
    var script = try Script.opened()
    script.send([.fin, .ack], seq: 1, ack: 1)
    _ = script.sent()
    script.send(.ack, seq: 2, ack: 1, data: [9])
    expect(script.sent().first, .ack, .ack(2))
    #expect(try script.readResult() == .endOfStream)
  }
}
