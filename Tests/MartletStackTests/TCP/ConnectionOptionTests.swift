import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// What a user may ask of a connection: Nagle, keep-alive, user timeout, and delayed
/// acknowledgments that no user sees.
@Suite("Options of a connection")
struct ConnectionOptionTests {
  // MARK: Nagle (RFC 896; RFC 9293, 3.7.4)

  @Test(
    "a small segment waits for the one before it, unless told not to", arguments: [false, true])
  func nagle(noDelay: Bool) throws {
    var options = ConnectionOptions()
    options.noDelay = noDelay
    var script = try Script.opened(options: options)
    for _ in 0..<3 { try script.write(10) }
    var sent = script.sent()
    // What was written before anything could go is one segment either way.
    #expect(sent.map(\.payload.count) == [30])
    try script.write(10)
    sent = script.sent()
    #expect(sent.count == (noDelay ? 1 : 0))
    try script.write(20)
    sent += script.sent()
    script.send(.ack, seq: 1, ack: 31)
    sent += script.sent()
    #expect(sent.map(\.payload.count) == (noDelay ? [10, 20] : [30]))
  }

  @Test("turning it off lets what waits go")
  func switchedOff() throws {
    var script = try Script.opened()
    try script.write(10)
    _ = script.sent()
    try script.write(10)
    expectSilence(script.sent())
    try script.host.stack.setNoDelay(true, on: script.handle)
    expect(script.sent().first, .length(10))
  }

  @Test("the tail of a large write does not wait")
  func largeWrite() throws {
    var script = try Script.opened()
    try script.write(3000)
    #expect(script.sent().map(\.payload.count) == [1460, 1460, 80])
  }

  // MARK: Delayed acknowledgment (RFC 9293, 3.8.6.3)

  @Test("a lone segment is acknowledged within the delay, a second one at once")
  func delayedAcknowledgment() throws {
    var script = try Script.opened()
    let begin = script.host.now - script.start
    script.send(.ack, seq: 1, ack: 1, data: Frame.pattern(100))
    expectSilence(script.sent())
    let answer = try #require(script.wait(.seconds(1)).first)
    expect(answer, .ack, .ack(101), .length(0))
    #expect(answer.time - begin >= .milliseconds(39) && answer.time - begin <= .milliseconds(500))
    script.send(.ack, seq: 101, ack: 1, data: Frame.pattern(1460))
    script.send(.ack, seq: 1561, ack: 1, data: Frame.pattern(1460))
    expect(script.sent().first, .ack, .ack(3021))
    expectSilence(script.wait(.seconds(1)))
  }

  @Test("it rides on data when there is some")
  func piggyback() throws {
    var script = try Script.opened()
    script.send(.ack, seq: 1, ack: 1, data: [1])
    try script.write(1)
    expect(script.sent().first, .ack(2), .length(1))
    script.send(.ack, seq: 2, ack: 2)
    expectSilence(script.wait(.seconds(1)))
  }

  // MARK: Keep-alive (RFC 9293, 3.8.4)

  static func keepAlive() throws -> Script {
    var options = ConnectionOptions()
    var keepAlive = KeepAlive()
    keepAlive.idleSeconds = 60
    keepAlive.intervalSeconds = 5
    keepAlive.probeCount = 3
    options.keepAlive = keepAlive
    return try Script.opened(options: options)
  }

  @Test("an idle peer is probed by an old number, and its answer keeps the connection")
  func keepAliveAnswered() throws {
    var script = try Self.keepAlive()
    for _ in 0..<5 {
      let probe = try #require(script.wait(.seconds(61)).first)
      expect(probe, .ack, .seq(0), .ack(1), .length(0))
      script.send(.ack, seq: 1, ack: 1)
    }
    #expect(script.state == .established)
  }

  @Test("one that does not answer is given up and reset")
  func keepAliveUnanswered() throws {
    var script = try Self.keepAlive()
    let sent = script.wait(.seconds(200))
    #expect(sent.map { $0.time.microseconds / 1_000_000 } == [60, 65, 70, 75])
    expect(sent.last, .has(.rst))
    #expect(script.endReason == .timedOut)
  }

  @Test("traffic puts the probe off, and without the option there is none")
  func keepAliveQuiet() throws {
    var script = try Self.keepAlive()
    for index in 0..<5 {
      expectSilence(script.wait(.seconds(50)).filter { $0.sequence == 0 })
      script.send(.ack, seq: 1 + index, ack: 1, data: [1])
    }
    var other = try Script.opened()
    expectSilence(other.wait(.seconds(100_000)))
  }

  // MARK: User timeout (RFC 9293, 3.8.3; RFC 5482)

  @Test("data unacknowledged for so long ends the connection, on time")
  func userTimeout() throws {
    var options = ConnectionOptions()
    options.userTimeout = .seconds(10)
    var script = try Script.opened(options: options)
    // Silence alone is no reason, however long.
    _ = script.wait(.seconds(3600))
    try script.write(100)
    #expect(!script.wait(.milliseconds(9900)).isEmpty)
    #expect(script.state == .established)
    _ = script.wait(.milliseconds(200))
    #expect(script.endReason == .timedOut)
  }

  @Test("progress begins it anew")
  func userTimeoutProgress() throws {
    var options = ConnectionOptions()
    options.userTimeout = .seconds(10)
    var script = try Script.opened(options: options)
    try script.write(10 * 1460)
    for turn in 1...9 {
      _ = script.wait(.seconds(8))
      script.send(.ack, seq: 1, ack: 1 + turn * 1460)
    }
    #expect(script.state == .established)
    _ = script.wait(.seconds(11))
    #expect(script.endReason == .timedOut)
  }

  @Test("it bounds an attempt to connect too")
  func userTimeoutOfAnAttempt() throws {
    var options = ConnectionOptions()
    options.userTimeout = .seconds(5)
    var script = try Script()
    try script.connect(options: options)
    _ = script.wait(.milliseconds(5200))
    #expect(script.endReason == .timedOut)
  }

  @Test("the option tells it in the SYN and in the first segment behind")
  func userTimeoutOption() throws {
    var options = ConnectionOptions()
    options.userTimeout = .seconds(200)
    options.exchangesUserTimeout = true
    var script = try Script()
    try script.connect(options: options)
    expect(script.sent().first, .syn, .option(28, [0, 200]))
    script.send(
      [.syn, .ack], seq: 0, ack: 1, options: Options.mss(1460) + Options.userTimeout(0x8005))
    expect(script.sent().first, .ack, .option(28, [1, 44]))
    // Five minutes, the longer of both, apply.
    #expect(script.host.stack.tcp.connections[script.place].userTimeout == .seconds(300))
    script.send(.ack, seq: 1, ack: 1, options: Options.userTimeout(20_000))
    #expect(script.host.stack.tcp.connections[script.place].userTimeout == .seconds(3600))
  }

  @Test("a listener tells and takes it too; nobody does who was not asked to")
  func userTimeoutOfAListener() throws {
    var options = ListenerOptions()
    options.connection.userTimeout = .seconds(150)
    options.connection.exchangesUserTimeout = true
    var script = try Script()
    try script.listen(options)
    script.send(.syn, seq: 0, options: Options.mss(1460) + Options.userTimeout(400))
    expect(script.sent().first, .synAck, .option(28, [0, 150]))
    script.send(.ack, seq: 1, ack: 1)
    try script.accept()
    #expect(script.host.stack.tcp.connections[script.place].userTimeout == .seconds(400))

    var plain = try Script.opened(peer: Options.mss(1460) + Options.userTimeout(1))
    #expect(plain.host.stack.tcp.connections[plain.place].userTimeout == .zero)
    try plain.write(1)
    #expect(plain.wait(.seconds(20)).count > 3)
  }
}
