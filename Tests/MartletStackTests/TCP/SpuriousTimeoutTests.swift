import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Time-outs of a path that was only slow (RFC 3522, RFC 4015).
@Suite("Spurious time-out")
struct SpuriousTimeoutTests {
  /// A connection over a path of 50 ms that has sent five segments, and whose timer has run out.
  /// What was sent bears `original` as its timestamp, what was sent again the script's last.
  private static func timedOut(original: inout UInt32) throws -> Script {
    var configuration = Script.configuration()
    configuration.timestamps = true
    var script = try Script(configuration)
    script.timestamp = 1000
    try script.connect()
    _ = script.wait(.milliseconds(50))
    script.send([.syn, .ack], seq: 0, ack: 1, options: Options.mss(1460))
    _ = script.sent()
    try script.write(5 * 1448)
    #expect(script.sent().count == 5)
    original = script.lastValue
    #expect(script.wait(.milliseconds(300)).map(\.sequence) == [1])
    #expect(script.host.stack.counters.tcpTimeouts == 1)
    return script
  }

  @Test("is undone when the acknowledgment echoes what was sent first")
  func undone() throws {
    var original: UInt32 = 0
    var script = try Self.timedOut(original: &original)
    try script.write(10 * 1448)
    script.send(.ack, seq: 1, ack: 1449, echo: original)
    // Nothing but what was never sent.
    let sent = script.sent()
    #expect(!sent.isEmpty)
    #expect(sent.allSatisfy { $0.sequence >= 1 + 5 * 1448 })
    #expect(script.host.stack.counters.tcpSpuriousRTOs == 1)
    for count in 2...5 { script.send(.ack, seq: 1, ack: 1 + count * 1448, echo: original) }
    _ = script.sent()
    #expect(script.host.stack.counters.tcpRetransSegs == 1)
    // It did not lower the threshold either: the window grows on as in slow start.
    #expect(try script.status.congestionWindow >= 8 * 1448)
  }

  @Test("is none when the acknowledgment echoes what was sent again")
  func right() throws {
    var original: UInt32 = 0
    var script = try Self.timedOut(original: &original)
    script.send(.ack, seq: 1, ack: 1449, echo: script.lastValue)
    #expect(script.sent().map(\.sequence) == [1449, 2897])
    #expect(script.host.stack.counters.tcpSpuriousRTOs == 0)
  }

  @Test("is not looked for once an acknowledgment has told")
  func once() throws {
    var original: UInt32 = 0
    var script = try Self.timedOut(original: &original)
    script.send(.ack, seq: 1, ack: 1449, echo: script.lastValue)
    _ = script.sent()
    script.send(.ack, seq: 1, ack: 2897, echo: original)
    #expect(script.host.stack.counters.tcpSpuriousRTOs == 0)
  }
}
