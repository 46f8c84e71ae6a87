import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Explicit congestion notification, for peers that ask for it (RFC 3168).
@Suite("Explicit congestion notification")
struct CongestionMarkTests {
  static func opened() throws -> Script {
    var script = try Script()
    try script.listen()
    script.send([.syn, .ece, .cwr], seq: 0, options: Options.mss(1460))
    let answer = script.sent().first
    expect(answer, .has([.syn, .ack, .ece]), .lacks(.cwr))
    #expect(answer?.congestionBits == 0)
    script.send(.ack, seq: 1, ack: 1)
    try script.accept()
    return script
  }

  @Test("new data is marked capable, acknowledgments and repetitions are not")
  func capable() throws {
    var script = try Self.opened()
    try script.write(100)
    let sent = script.wait(.seconds(1))
    #expect(sent.count >= 2)
    #expect(sent[0].congestionBits == 2)
    #expect(sent.dropFirst().allSatisfy { $0.congestionBits == 0 })
    script.send(.ack, seq: 1, ack: 101, data: [1])
    #expect(script.wait(.seconds(1)).last?.congestionBits == 0)
  }

  @Test("a mark is echoed until the peer says that it has slowed down")
  func echo() throws {
    var script = try Self.opened()
    script.send(.ack, seq: 1, ack: 1, data: [1], congestion: 3)
    expect(script.wait(.milliseconds(50)).first, .has(.ece))
    script.send(.ack, seq: 2, ack: 1, data: [2], congestion: 2)
    expect(script.wait(.milliseconds(50)).first, .has(.ece))
    script.send([.ack, .cwr], seq: 3, ack: 1, data: [3], congestion: 2)
    expect(script.wait(.milliseconds(50)).first, .lacks(.ece))
  }

  @Test("an echo is answered once a window, and said to be")
  func answer() throws {
    var script = try Self.opened()
    try script.write(100_000)
    #expect(script.sent().count == 10)
    script.send([.ack, .ece], seq: 1, ack: 1461)
    let window = try script.status.congestionWindow
    #expect(window <= 14_600 * 7 / 10 + 1460)
    script.send([.ack, .ece], seq: 1, ack: 2921)
    #expect(try script.status.congestionWindow == window)
    var sent: [SeenSegment] = script.sent()
    for end in 3...10 {
      script.send(.ack, seq: 1, ack: 1 + end * 1460)
      sent += script.sent()
    }
    expect(sent.first, .has(.cwr))
    #expect(sent.filter { $0.flags.contains(.cwr) }.count == 1)
    script.send([.ack, .ece], seq: 1, ack: sent.last?.end ?? 0)
    #expect(try script.status.congestionWindow < window + 1460)
  }

  @Test("a peer that does not ask is not spoken to of it")
  func notNegotiated() throws {
    var script = try Script.accepted()
    script.send(.ack, seq: 1, ack: 1, data: [1], congestion: 3)
    expect(script.wait(.milliseconds(50)).first, .lacks(.ece))
    try script.write(10)
    #expect(script.sent().first?.congestionBits == 0)
  }

  @Test("two gigabytes behind the last mark that was answered, the next one is")
  func afterWrap() throws {
    var script = try Self.opened()
    try script.write(14_600)
    #expect(script.sent().count == 10)
    script.send([.ack, .ece], seq: 1, ack: 1461)
    script.send(.ack, seq: 1, ack: 14_601)
    // What is left of the first mark seems to lie ahead then.
    let place = script.place
    let end = script.host.stack.tcp.connections[place].sendNext
    script.host.stack.tcp.connections[place].recovery.congestionPoint = end.advanced(by: 1 << 30)
    let window = try script.status.congestionWindow
    try script.write(14_600)
    _ = script.sent()
    script.send([.ack, .ece], seq: 1, ack: 14_601 + 1460)
    #expect(try script.status.congestionWindow < window)
  }

  @Test("the peer is told of the window that a time-out took, too")
  func timeout() throws {
    var script = try Self.opened()
    try script.write(1460)
    #expect(script.wait(.seconds(2)).count >= 2)
    script.send(.ack, seq: 1, ack: 1461)
    try script.write(1460)
    expect(script.sent().first, .has(.cwr), .seq(1461))
  }

  @Test("a time-out within fast recovery does not lower the threshold once more")
  func timeoutInRecovery() throws {
    var script = try Self.opened()
    try script.write(100_000)
    #expect(script.sent().count == 10)
    for _ in 0..<3 { script.send(.ack, seq: 1, ack: 1) }
    #expect(script.host.stack.counters.tcpFastRecoveries == 1)
    let threshold = script.host.stack.tcp.connections[script.place].congestion.threshold
    _ = script.wait(.seconds(1))
    #expect(script.host.stack.counters.tcpTimeouts > 0)
    #expect(script.host.stack.tcp.connections[script.place].congestion.threshold == threshold)
  }

  @Test("a loss in the window of a mark that was answered does not slow down once more")
  func lossBesideMark() throws {
    var script = try Self.opened()
    try script.write(100_000)
    #expect(script.sent().count == 10)
    script.send([.ack, .ece], seq: 1, ack: 1461)
    let threshold = script.host.stack.tcp.connections[script.place].congestion.threshold
    for _ in 0..<3 { script.send(.ack, seq: 1, ack: 1461) }
    #expect(script.host.stack.counters.tcpFastRecoveries == 1)
    #expect(script.host.stack.tcp.connections[script.place].congestion.threshold == threshold)
  }
}
