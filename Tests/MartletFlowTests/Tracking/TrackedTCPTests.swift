import MartletDevice
import MartletWire
import Testing

@testable import MartletFlow

/// TCP by the flows of RFC 9293, section 3.
@Suite struct TrackedTCPTests {
  static let (client, server): (UInt32, UInt32) = (0x0a00_0001, 0x0a00_0002)

  /// What one side sends, and what becomes of the connection.
  struct Line {
    var isReply = false
    var flags: TCPFlags
    var sequence: UInt32
    var ack: UInt32 = 0
    var length = 0
    var state: TrackState
    var name: String?
  }

  private func run(_ lines: [Line], _ bench: inout TrackBench) throws {
    for (index, line) in lines.enumerated() {
      let packet =
        line.isReply
        ? Packets.tcp(
          Self.server, Self.client, (80, 4000), line.flags, sequence: line.sequence, ack: line.ack,
          length: line.length)
        : Packets.tcp(
          Self.client, Self.server, (4000, 80), line.flags, sequence: line.sequence, ack: line.ack,
          length: line.length)
      let outcome = try bench.take(packet).outcome
      #expect(outcome.state == line.state, "line \(index)")
      var name: String?
      bench.tracker.forEach { name = $0.stateName.map { "\($0)" } }
      #expect(name == line.name, "line \(index)")
      bench.advance(1)
    }
  }

  static let handshake = [
    Line(flags: .syn, sequence: 100, state: .begins, name: "SYN_SENT"),
    Line(
      isReply: true, flags: [.syn, .ack], sequence: 300, ack: 101, state: .answers,
      name: "SYN_RECV"),
    Line(flags: .ack, sequence: 101, ack: 301, state: .follows, name: "ESTABLISHED"),
  ]

  @Test func figure6AndFigure12AreFollowed() throws {
    var bench = TrackBench()
    try run(
      Self.handshake + [
        Line(
          flags: .ack, sequence: 101, ack: 301, length: 50, state: .follows, name: "ESTABLISHED"),
        Line(
          isReply: true, flags: .ack, sequence: 301, ack: 151, length: 10, state: .answers,
          name: "ESTABLISHED"),
        Line(flags: [.fin, .ack], sequence: 151, ack: 311, state: .follows, name: "FIN_WAIT"),
        Line(
          isReply: true, flags: .ack, sequence: 311, ack: 152, state: .answers, name: "CLOSE_WAIT"),
        Line(
          isReply: true, flags: [.fin, .ack], sequence: 311, ack: 152, state: .answers,
          name: "LAST_ACK"),
        Line(flags: .ack, sequence: 152, ack: 312, state: .follows, name: "TIME_WAIT"),
        // Sent again: the last acknowledgment may be lost.
        Line(
          isReply: true, flags: [.fin, .ack], sequence: 311, ack: 152, state: .answers,
          name: "TIME_WAIT"),
        // The same ports again: another connection.
        Line(flags: .syn, sequence: 9000, state: .begins, name: "SYN_SENT"),
      ], &bench)
    #expect(bench.tracker.count == 1)
  }

  @Test func figure7BothOpenAtOnce() throws {
    var bench = TrackBench()
    try run(
      [
        Line(flags: .syn, sequence: 100, state: .begins, name: "SYN_SENT"),
        Line(isReply: true, flags: .syn, sequence: 300, state: .answers, name: "SYN_SENT2"),
        Line(flags: [.syn, .ack], sequence: 100, ack: 301, state: .follows, name: "SYN_RECV"),
        Line(
          isReply: true, flags: [.syn, .ack], sequence: 300, ack: 101, state: .answers,
          name: "SYN_RECV"),
        Line(flags: .ack, sequence: 101, ack: 301, state: .follows, name: "ESTABLISHED"),
      ], &bench)
  }

  @Test func figure13BothCloseAtOnce() throws {
    var bench = TrackBench()
    try run(
      Self.handshake + [
        Line(flags: [.fin, .ack], sequence: 101, ack: 301, state: .follows, name: "FIN_WAIT"),
        Line(
          isReply: true, flags: [.fin, .ack], sequence: 301, ack: 101, state: .answers,
          name: "LAST_ACK"),
        Line(flags: .ack, sequence: 102, ack: 302, state: .follows, name: "TIME_WAIT"),
        Line(
          isReply: true, flags: .ack, sequence: 302, ack: 102, state: .answers, name: "TIME_WAIT"),
      ], &bench)
  }

  @Test func aRefusedConnectionEnds() throws {
    var bench = TrackBench()
    try run(
      [
        Self.handshake[0],
        Line(
          isReply: true, flags: [.rst, .ack], sequence: 0, ack: 101, state: .answers,
          name: "CLOSE"),
      ], &bench)
    bench.advance(10)
    bench.tracker.poll(now: bench.now)
    #expect(bench.tracker.count == 0)
  }

  @Test func forgeriesChangeNothing() throws {
    var bench = TrackBench()
    let strange: [Line] = [
      // Far outside the windows, both ways.
      Line(
        flags: .ack, sequence: 101 &+ 100_000, ack: 301, length: 5, state: .strange,
        name: "ESTABLISHED"),
      Line(
        isReply: true, flags: .ack, sequence: 301, ack: 101 &+ 5000, state: .strange,
        name: "ESTABLISHED"),
      // A blind reset, and one of an earlier number.
      Line(flags: .rst, sequence: 0x8000_0000, state: .strange, name: "ESTABLISHED"),
      Line(isReply: true, flags: .rst, sequence: 299, state: .strange, name: "ESTABLISHED"),
      // Flags that do not go together.
      Line(flags: [.syn, .fin], sequence: 101, state: .strange, name: "ESTABLISHED"),
      Line(flags: [], sequence: 101, state: .strange, name: "ESTABLISHED"),
      Line(
        flags: [.fin, .psh, .urg], sequence: 101, ack: 301, state: .strange, name: "ESTABLISHED"),
    ]
    let good = [
      Line(flags: .ack, sequence: 101, ack: 301, length: 900, state: .follows, name: "ESTABLISHED"),
      Line(isReply: true, flags: .rst, sequence: 301, state: .answers, name: "CLOSE"),
    ]
    try run(Self.handshake + strange + good, &bench)
    #expect(bench.tracker.dropped(.outOfWindow) == 4)
    #expect(bench.tracker.dropped(.badState) == 3)
  }

  @Test func liberalTakesWhatIsOutOfTheWindow() throws {
    var bench = TrackBench { $0.isLiberal = true }
    try run(
      Self.handshake + [
        Line(
          flags: .ack, sequence: 101 &+ 100_000, ack: 301, length: 5, state: .follows,
          name: "ESTABLISHED")
      ], &bench)
  }

  @Test func scaledWindowsAreScaled() throws {
    // Both offer a scale of 7: a window of 1000 is 128,000 bytes.
    var bench = TrackBench()
    let (syn, option): (TCPFlags, [UInt8]) = (.syn, [3, 3, 7, 1])
    let (client, server) = (Self.client, Self.server)
    _ = try bench.take(
      Packets.tcp(client, server, (1, 2), syn, sequence: 0, options: option))
    _ = try bench.take(
      Packets.tcp(server, client, (2, 1), [.syn, .ack], sequence: 0, ack: 1, options: option))
    _ = try bench.take(Packets.tcp(client, server, (1, 2), .ack, sequence: 1, ack: 1))
    _ = try bench.take(Packets.tcp(server, client, (2, 1), .ack, sequence: 1, ack: 1))
    let inside = try bench.take(
      Packets.tcp(client, server, (1, 2), .ack, sequence: 120_001, ack: 1, length: 100))
    #expect(inside.outcome.state == .follows)
    let outside = try bench.take(
      Packets.tcp(client, server, (1, 2), .ack, sequence: 250_000, ack: 1, length: 100))
    #expect(outside.outcome.state == .strange)
  }

  @Test func theMiddleOfAConnectionIsPickedUpWhereAllowed() throws {
    let packet = Packets.tcp(Self.client, Self.server, (1, 2), .ack, sequence: 5, ack: 6)
    var bench = TrackBench()
    #expect(try bench.take(packet).outcome.state == .begins)
    let reply = Packets.tcp(Self.server, Self.client, (2, 1), .ack, sequence: 6, ack: 5)
    #expect(try bench.take(reply).outcome.state == .answers)
    var strict = TrackBench { $0.picksUpConnections = false }
    #expect(try strict.take(packet).outcome.state == .strange)
    #expect(strict.tracker.dropped(.noConnection) == 1)
  }
}
