import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Handshakes whose state travels in their own numbers (RFC 4987, 3.6).
@Suite("SYN cookies")
struct SYNCookieTests {
  /// A listener whose half-open table is full of strangers.
  static func flooded(timestamps: Bool) throws -> Script {
    var configuration = Script.configuration()
    configuration.halfOpenCount = 4
    configuration.timestamps = timestamps
    var script = try Script(configuration)
    try script.listen()
    for port in 1...4 {
      script.ports.peer = UInt16(port)
      script.send(.syn, seq: 0)
      _ = script.sent()
    }
    script.ports.peer = 5000
    script.stackStart = nil
    return script
  }

  @Test(
    "remember the segment size",
    arguments: [(1460, 1460), (1400, 1400), (1000, 536), (536, 536), (300, 216), (100, 48)])
  func segmentSize(asked: UInt16, kept: Int) throws {
    var script = try Self.flooded(timestamps: false)
    script.send(
      .syn, seq: 0, options: Options.mss(asked) + Options.scale(7) + Options.sackPermitted)
    expect(script.sent().first, .synAck, .mss(1460))
    script.send(.ack, seq: 1, ack: 1, data: [5])
    try script.accept()
    #expect(try script.read() == [5])
    #expect(try script.status.segmentSize == kept)
    #expect(script.host.stack.counters.tcpSYNCookiesRecv == 1)
    // Neither window scale nor SACK fit into a number.
    #expect(try script.status.sendWindow == 65_535)
  }

  @Test("remember window scale and SACK in the timestamp")
  func options() throws {
    var script = try Self.flooded(timestamps: true)
    script.timestamp = 500
    script.send(.syn, seq: 0, options: Options.mss(1460) + Options.scale(3) + Options.sackPermitted)
    expect(script.sent().first, .synAck, .sackPermitted, .echo(500), .timestamps)
    script.send(.ack, seq: 1, ack: 1, win: 1000)
    try script.accept()
    #expect(try script.status.sendWindow == 8000)
    #expect(
      script.host.stack.tcp.connections[script.place].flags.contains([.selective, .timestamps]))
  }

  @Test("are ours, for this pair, and not older than two minutes")
  func forgery() throws {
    var script = try Self.flooded(timestamps: false)
    script.send(.syn, seq: 0, options: Options.mss(1460))
    _ = script.sent()
    for guess in [2, 3, 257, 100_000] {
      script.send(.ack, seq: 1, ack: guess)
      expect(script.sent().first, .rst, .seq(guess))
    }
    script.ports.peer = 5001
    script.send(.ack, seq: 1, ack: 1)
    expect(script.sent().first, .rst)
    script.ports.peer = 5000
    script.send(.ack, seq: 2, ack: 1)
    expect(script.sent().first, .rst)
    _ = script.wait(.seconds(130))
    script.send(.ack, seq: 1, ack: 1)
    expect(script.sent().first, .rst)
    #expect(script.host.stack.counters.tcpSYNCookiesRecv == 0)
  }

  @Test("are not looked for when none was sent of late")
  func noneSent() throws {
    var script = try Self.flooded(timestamps: false)
    script.send(.syn, seq: 0, options: Options.mss(1460))
    _ = script.sent()
    #expect(script.host.stack.tcp.cookies.mayReturn(now: script.host.now))
    _ = script.wait(.seconds(129))
    #expect(!script.host.stack.tcp.cookies.mayReturn(now: script.host.now))
  }

  @Test("whose listener has no room are dropped, not refused: the peer tries again")
  func noRoom() throws {
    var script = try Self.flooded(timestamps: false)
    script.send(.syn, seq: 0, options: Options.mss(1460))
    expect(script.sent().first, .synAck)
    // Others who waited for a cookie were quicker.
    let handle = script.listener
    let listener = Int(try #require(handle).index)
    let backlog = script.host.stack.tcp.listeners[listener].options.backlog
    script.host.stack.tcp.listeners[listener].readyCount += backlog
    script.send(.ack, seq: 1, ack: 1, data: [5])
    #expect(script.sent().isEmpty)
    script.host.stack.tcp.listeners[listener].readyCount -= backlog
    script.send(.ack, seq: 1, ack: 1, data: [5])
    try script.accept()
    #expect(try script.read() == [5])
  }
}
