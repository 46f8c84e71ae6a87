import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Hard part 12: listening, overflow, floods, cookies, initial sequence numbers (RFC 4987, RFC 6528).
@Suite("Listening")
struct ListenerTests {
  static func backlog(_ count: Int, halfOpen: Int = 64) throws -> Script {
    var configuration = Script.configuration()
    configuration.halfOpenCount = halfOpen
    var script = try Script(configuration)
    var options = ListenerOptions()
    options.backlog = count
    try script.listen(options)
    return script
  }

  /// The peer's port with this number connects, as far as the stack lets it.
  static func knock(_ port: UInt16, on script: inout Script, data: [UInt8] = []) -> SeenSegment? {
    script.ports.peer = port
    script.stackStart = nil
    script.send(.syn, seq: 0, options: Options.mss(1460))
    guard let answer = script.sent().first else { return nil }
    script.send(.ack, seq: 1, ack: 1, data: data)
    return answer
  }

  @Test("a flood of SYNs does not keep an honest client out", arguments: [16, 64, 256])
  func flood(halfOpen: Int) throws {
    var script = try Self.backlog(2, halfOpen: halfOpen)
    for port in 0..<100 {
      script.ports.peer = 10_000 + UInt16(port)
      script.send(.syn, seq: 0, options: Options.mss(1460))
      expect(script.sent().first, .synAck)
    }
    let begin = script.host.now
    expect(Self.knock(6000, on: &script, data: [1, 2, 3]), .synAck, .mss(1460))
    try script.accept()
    #expect(try script.read() == [1, 2, 3])
    #expect(script.host.now - begin <= .seconds(3))
    #expect(script.host.stack.counters.tcpOutRsts == 0)
    #expect((script.host.stack.counters.tcpSYNCookiesSent > 0) == (halfOpen < 100))
  }

  @Test("a full backlog drops SYNs and completing segments; it never resets")
  func overflow() throws {
    var script = try Self.backlog(2)
    var starts: [UInt32?] = []
    for port in 1...3 {
      script.ports.peer = UInt16(port)
      script.stackStart = nil
      script.send(.syn, seq: 0, options: Options.mss(1460))
      expect(script.sent().first, .synAck)
      starts.append(script.stackStart)
    }
    for port in 1...2 {
      script.ports.peer = UInt16(port)
      script.stackStart = starts[port - 1]
      script.send(.ack, seq: 1, ack: 1)
    }
    // The third's handshake was under way when the backlog filled; its data comes, and waits.
    script.ports.peer = 3
    script.stackStart = starts[2]
    script.send(.ack, seq: 1, ack: 1, data: [3])
    expectSilence(script.sent())
    script.ports.peer = 9
    script.send(.syn, seq: 0, options: Options.mss(1460))
    expectSilence(script.sent())
    #expect(script.host.stack.counters.dropped(.tcpBacklogFull) == 2)
    #expect(script.host.stack.counters.tcpOutRsts == 0)
    // Room comes back, and what was dropped is sent again.
    try script.accept()
    script.ports.peer = 3
    script.send(.ack, seq: 1, ack: 1, data: [3])
    try script.accept()
    try script.accept()
    #expect(try script.read() == [3])
  }

  @Test("a connection that is reset while it waits leaves the queue whole", arguments: 0..<3)
  func resetWhileWaiting(place: Int) throws {
    var script = try Self.backlog(8)
    var starts: [UInt32?] = []
    for port in 0..<3 {
      _ = Self.knock(100 + UInt16(port), on: &script)
      starts.append(script.stackStart)
    }
    script.ports.peer = 100 + UInt16(place)
    script.stackStart = starts[place]
    script.send(.rst, seq: 1)
    var ports: [UInt16] = []
    let listener = script.listener ?? ListenerHandle(index: 0, generation: 0)
    while let handle = try script.host.stack.accept(on: listener) {
      ports.append(try script.host.stack.status(of: handle).remote.port)
    }
    #expect(ports == [100, 101, 102].filter { $0 != 100 + UInt16(place) })
    #expect(try script.host.stack.readyCount(of: listener) == 0)
    _ = Self.knock(200, on: &script)
    try script.accept()
    #expect(try script.status.remote.port == 200)
  }

  @Test("data on the third segment, and a FIN with it, are delivered")
  func dataOnTheThirdSegment() throws {
    var script = try Self.backlog(2)
    script.send(.syn, seq: 0, options: Options.mss(1460))
    _ = script.sent()
    script.send([.fin, .ack], seq: 1, ack: 1, data: [1, 2])
    try script.accept()
    #expect(try script.read() == [1, 2])
    #expect(try script.readResult() == .endOfStream)
    expect(script.sent().last, .ack(4))
  }

  @Test("a SYN-ACK is repeated for a repeated SYN, and by itself five times")
  func repeatedSyn() throws {
    var script = try Self.backlog(2)
    script.send(.syn, seq: 0, options: Options.mss(1460))
    let first = try #require(script.sent().first)
    script.send(.syn, seq: 0, options: Options.mss(1460))
    expect(script.sent().first, .synAck, .seq(0), .ack(1))
    let more = script.wait(.seconds(120))
    #expect(more.count == 5)
    #expect(more.allSatisfy { $0.rawSequence == first.rawSequence })
    #expect(script.host.stack.tcp.halfOpen.count == 0)
  }

  @Test("a handshake ends by a reset with the exact number only")
  func resetOfAHandshake() throws {
    var script = try Self.backlog(2)
    script.send(.syn, seq: 0, options: Options.mss(1460))
    _ = script.sent()
    script.send(.rst, seq: 2)
    #expect(script.host.stack.tcp.halfOpen.count == 1)
    script.send(.rst, seq: 1)
    #expect(script.host.stack.tcp.halfOpen.count == 0)
    expectSilence(script.sent())
  }

  @Test("closing a listener forgets handshakes and resets whom nobody accepted")
  func close() throws {
    var script = try Self.backlog(4)
    _ = Self.knock(100, on: &script)
    try script.accept()
    _ = Self.knock(101, on: &script)
    script.ports.peer = 102
    script.send(.syn, seq: 0)
    _ = script.sent()
    script.host.stack.close(
      script.listener ?? ListenerHandle(index: 0, generation: 0), now: script.host.now)
    let sent = script.sent()
    #expect(sent.count == 1)
    #expect(sent.first?.flags == [.rst, .ack])
    #expect(script.state == .established)
    #expect(script.host.stack.tcp.connections.count == 1)
    #expect(script.host.stack.tcp.halfOpen.count == 0)
  }

  @Test("the numbers of one pair follow a 4 µs clock; those of others tell nothing (RFC 6528)")
  func initialSequenceNumbers() throws {
    var script = try Script()
    func key(_ port: UInt16) -> ConnectionKey {
      ConnectionKey(
        localAddress: Host.address(1), remoteAddress: Host.address(2), localPort: 80,
        remotePort: port)
    }
    let first = script.host.stack.initialSequence(key(5000))
    _ = script.wait(.milliseconds(400))
    let second = script.host.stack.initialSequence(key(5000))
    #expect(second.distance(from: first) == 100_000)
    var steps: Set<Int> = []
    var numbers: Set<UInt32> = []
    for port in 1..<1000 {
      let a = script.host.stack.initialSequence(key(UInt16(port)))
      let b = script.host.stack.initialSequence(key(UInt16(port + 1)))
      steps.insert(b.distance(from: a))
      numbers.insert(a.rawValue)
    }
    #expect(steps.count > 995)
    #expect(numbers.count > 995)
    // Another secret gives other numbers.
    let other = try Host.settled(1)
    let stranger = other.stack.secret.hash(key(1).addresses, key(1).ports, 1)
    let own = script.host.stack.secret.hash(key(1).addresses, key(1).ports, 1)
    #expect(stranger == own)
    let reseeded = Stack(seed: Seed(high: 1, low: 2))
    #expect(reseeded.secret.hash(key(1).addresses, key(1).ports, 1) != own)
  }

  @Test("a wildcard listener gives way to one of the exact address")
  func bestFit() throws {
    var script = try Self.backlog(2)
    let wildcard = try script.host.stack.listen(on: Endpoint(.unspecified, port: 80))
    _ = Self.knock(100, on: &script)
    #expect(try script.host.stack.readyCount(of: wildcard) == 0)
    try script.accept()
    script.ports.stack = 80
    script.host.stack.close(script.listener ?? wildcard, now: script.host.now)
    _ = Self.knock(101, on: &script)
    #expect(try script.host.stack.readyCount(of: wildcard) == 1)
    #expect(throws: StackError.portInUse(80)) {
      _ = try script.host.stack.listen(on: Endpoint(.unspecified, port: 80))
    }
  }
}
