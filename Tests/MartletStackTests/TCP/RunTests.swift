import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Segments that continue each other pass the state machine once.
@Suite struct RunTests {
  @Test("a run passes the state machine once, across batches too")
  func run() throws {
    var script = try Script.opened()
    for index in 0..<40 {
      script.send(index % 7 == 6 ? [.ack, .psh] : .ack, seq: 1 + index * 1000, ack: 1, data: data)
      if index % 10 == 9 { #expect(script.sent().map(\.acknowledgment) == [1001 + index * 1000]) }
    }
    #expect(script.host.stack.counters.tcpHPHits == 40)
    #expect(try script.read() == (0..<40).flatMap { _ in data })
  }

  /// What no receive offload may merge.
  enum Breach: CaseIterable {
    case gap, overlap, repetition, fin, urgent, congestionEcho, windowReduced, mark, newWindow
    case oldAcknowledgment, olderTimestamp, noData, otherConnection
  }

  @Test("is broken by whatever says more", arguments: Breach.allCases)
  func breach(_ breach: Breach) throws {
    var script = try Self.script(joinsRuns: true)
    script.send(.ack, seq: 1, ack: 1, data: data)
    script.send(.ack, seq: 1001, ack: 1, data: data)
    let before = script.host.stack.counters.tcpHPHits
    #expect(before == 2)
    switch breach {
    case .gap: script.send(.ack, seq: 3001, ack: 1, data: data)
    case .overlap: script.send(.ack, seq: 1501, ack: 1, data: data)
    case .repetition: script.send(.ack, seq: 1001, ack: 1, data: data)
    case .fin: script.send([.ack, .fin], seq: 2001, ack: 1, data: data)
    case .urgent: script.send([.ack, .urg], seq: 2001, ack: 1, data: data)
    case .congestionEcho: script.send([.ack, .ece], seq: 2001, ack: 1, data: data)
    case .windowReduced: script.send([.ack, .cwr], seq: 2001, ack: 1, data: data)
    case .mark: script.send(.ack, seq: 2001, ack: 1, data: data, congestion: 3)
    case .newWindow: script.send(.ack, seq: 2001, ack: 1, win: 500, data: data)
    case .oldAcknowledgment: script.send(.ack, seq: 2001, ack: 0, data: data)
    case .olderTimestamp:
      script.timestamp = 999
      script.send(.ack, seq: 2001, ack: 1, data: data)
    case .noData: script.send(.ack, seq: 2001, ack: 1)
    case .otherConnection:
      script.ports.peer += 1
      script.send(.ack, seq: 2001, ack: 1, data: data)
    }
    #expect(script.host.stack.counters.tcpHPHits == before)
  }

  @Test("changes nothing that can be seen", arguments: 0..<12 as Range<UInt64>)
  func difference(seed: UInt64) throws {
    var joined = try Self.script(joinsRuns: true)
    var single = try Self.script(joinsRuns: false)
    var random = SplitMix64(seed: seed)
    var peer = Peer()
    for step in 0..<300 {
      let action = peer.next(&random)
      let ours = try action.perform(on: &joined)
      let theirs = try action.perform(on: &single)
      try #require(ours == theirs, "step \(step): \(action)")
      peer.next = joined.received
      peer.acknowledged = joined.sendNext
    }
    #expect(joined.host.stack.counters.tcpHPHits > 20)
    #expect(single.host.stack.counters.tcpHPHits == 0)
    #expect(joined.host.stack.counters.droppedInAll == single.host.stack.counters.droppedInAll)
    #expect(joined.host.stack.memoryUse == single.host.stack.memoryUse)
  }

  /// A connection with all that is negotiated, to be run either way.
  private static func script(joinsRuns: Bool) throws -> Script {
    var configuration = Script.configuration()
    configuration.timestamps = true
    var script = try Script(configuration)
    script.host.stack.tcp.joinsRuns = joinsRuns
    script.timestamp = 1000
    try script.listen()
    script.send([.syn, .ece, .cwr], seq: 0, options: Options.mss(1460) + Options.sackPermitted)
    _ = script.sent()
    script.send(.ack, seq: 1, ack: 1)
    try script.accept()
    return script
  }
}

private let data = Frame.pattern(1000)

extension Script {
  /// RCV.NXT, counted from the peer's initial sequence number.
  fileprivate var received: Int {
    guard let status = try? host.stack.status(of: handle) else { return 1 }
    return Int(Int32(bitPattern: status.receiveNext &- peerStart))
  }
  /// SND.NXT, counted from the stack's.
  fileprivate var sendNext: Int {
    host.stack.tcp.connections[place].sendNext.distance(
      from: host.stack.tcp.connections[place].initialSend)
  }
}

/// A peer that mostly sends what comes next, and sometimes what does not.
private struct Peer {
  var next = 1
  var acknowledged = 1

  enum Action {
    case segment(
      TCPFlags, seq: Int, ack: Int, win: Int, length: Int, mark: UInt8, timestamp: UInt32)
    case read(Int)
    case write(Int)
    case wait(Int64)
    case send
  }

  private var timestamp: UInt32 = 1000
  private var window = 65_535

  mutating func next(_ random: inout SplitMix64) -> Action {
    switch random.next() % 40 {
    case 0, 13, 14: return .read(Int(random.next() % 60_000))
    case 1: return .write(Int(random.next() % 3000))
    case 2: return .wait(Int64(random.next() % 100))
    case 3...6: return .send
    case 7: acknowledged -= Int(random.next() % 2000)
    case 8: window = Int(random.next() % 65_535)
    case 9...12: timestamp &+= UInt32(random.next() % 10)
    default: break
    }
    let isOdd = random.next() % 8 == 0
    var flags: TCPFlags = random.next() % 4 == 0 ? [.ack, .psh] : .ack
    if isOdd, random.next() % 2 == 0 {
      flags.formUnion([TCPFlags.urg, .ece, .cwr, .syn][Int(random.next() % 4)])
    }
    let shift = isOdd ? Int(random.next() % 6000) - 3000 : 0
    return .segment(
      flags, seq: next + shift, ack: acknowledged, win: window,
      length: isOdd && random.next() % 3 == 0 ? 0 : 1 + Int(random.next() % 700),
      mark: isOdd && random.next() % 3 == 0 ? 3 : 0,
      timestamp: isOdd && random.next() % 3 == 0 ? timestamp &- 5 : timestamp)
  }
}

extension Peer.Action {
  /// Does it, and says all that can be seen of the connection then.
  func perform(on script: inout Script) throws -> [String] {
    var seen: [String] = []
    switch self {
    case .segment(let flags, let seq, let ack, let win, let length, let mark, let timestamp):
      script.timestamp = timestamp
      script.send(
        flags, seq: seq, ack: ack, win: win, data: Frame.pattern(length), congestion: mark)
    case .read(let count): seen.append("\(try script.read(count))")
    case .write(let count): seen.append("\(try script.write(count))")
    case .wait(let time):
      seen += script.wait(.milliseconds(time)).map { "\($0.packet)" }
    case .send: seen += script.sent().map { "\($0.packet)" }
    }
    while let event = script.host.stack.nextEvent() { seen.append("\(event)") }
    seen.append("\(try script.status) \(script.host.stack.nextDeadline ?? .zero)")
    return seen
  }
}
