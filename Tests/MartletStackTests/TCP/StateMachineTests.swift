import Foundation
import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Random user calls and segments, with the stack compared to `StateModel` after each.
@Suite("The TCP state machine, against a model of RFC 9293")
struct StateMachineTests {
  static let isLong = ProcessInfo.processInfo.environment["MARTLET_LONG"] == "1"
  /// Each seed stands for 40 connections.
  static let seeds: [UInt64] = Array(1...(isLong ? 2000 : 40))

  @Test("agrees in state, in numbers and in resets", arguments: seeds)
  func agrees(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var script = try Script()
    try script.listen()
    for _ in 0..<40 {
      script.ports.peer &+= 1
      script.peerStart = UInt32(truncatingIfNeeded: random.next())
      script.stackStart = nil
      var run = Run(isPassive: random.next() & 1 == 0)
      try run.play(&script, &random)
      guard run.difference == nil else {
        Issue.record("\(run.difference ?? "")\n\(run.history.joined(separator: "\n"))")
        return
      }
    }
  }

  @Test("the random walks visit every state")
  func coverage() throws {
    var seen: Set<StateModel.State> = []
    var random = SplitMix64(seed: 99)
    var script = try Script()
    try script.listen()
    for _ in 0..<800 {
      script.ports.peer &+= 1
      script.stackStart = nil
      var run = Run(isPassive: random.next() & 1 == 0)
      try run.play(&script, &random)
      seen.formUnion(run.seen)
    }
    #expect(seen.count == 11, "\(seen)")
  }
}

/// One connection's life.
private struct Run {
  var model: StateModel
  var history: [String] = []
  var difference: String?
  var seen: Set<StateModel.State> = []
  private var hasHandle = false
  private var wasAccepted = false

  init(isPassive: Bool) { model = StateModel(isPassive: isPassive) }

  mutating func play(_ script: inout Script, _ random: inout SplitMix64) throws {
    if !model.isPassive {
      // Another port than the listener's, so that nobody but this connection answers.
      script.ports.stack = 9000
      try script.connect()
      try script.host.stack.setNoDelay(true, on: script.handle)
      hasHandle = true
      wasAccepted = true
      model.open()
      history.append("connect")
      compare(&script, resets: false)
    } else {
      script.ports.stack = Script.stackPort
    }
    var hasBegun = !model.isPassive
    for _ in 0..<60 where difference == nil {
      seen.insert(model.state)
      let isOver = model.state == .closed || model.state == .listen
      if isOver, hasBegun { break }
      try step(&script, &random)
      if model.state != .listen { hasBegun = true }
    }
    seen.insert(model.state)
    finish(&script)
  }

  /// Leaves nothing behind for the next connection.
  private mutating func finish(_ script: inout Script) {
    if hasHandle { script.abort() }
    script.send(.rst, seq: model.expected)
    _ = script.sent()
    if model.state == .timeWait { _ = script.wait(.seconds(61)) }
  }

  private mutating func step(_ script: inout Script, _ random: inout SplitMix64) throws {
    let isUsers = hasHandle && random.next() % 3 == 0
    if isUsers {
      try call(&script, &random)
    } else {
      let segment = arrival(&random)
      history.append("\(model.state): \(segment)")
      var flags = TCPFlags()
      if segment.syn { flags.insert(.syn) }
      if segment.fin { flags.insert(.fin) }
      if segment.rst { flags.insert(.rst) }
      if segment.ack != nil { flags.insert(.ack) }
      script.send(
        flags, seq: segment.seq, ack: segment.ack ?? 0,
        data: [UInt8](repeating: 7, count: segment.length))
      compare(&script, resets: model.arrive(segment))
      if !wasAccepted, difference == nil { try accept(&script) }
    }
  }

  private mutating func accept(_ script: inout Script) throws {
    let isThere = model.state != .listen && model.state != .synReceived
    let listener = script.listener ?? ListenerHandle(index: 0, generation: 0)
    let handle = try script.host.stack.accept(on: listener)
    if (handle != nil) != isThere { difference = "accept gave \(String(describing: handle))" }
    guard let handle else { return }
    script.handle = handle
    hasHandle = true
    wasAccepted = true
    try script.host.stack.setNoDelay(true, on: handle)
  }

  private mutating func call(_ script: inout Script, _ random: inout SplitMix64) throws {
    history.append("\(model.state): call")
    switch random.next() % 12 {
    case 0...4:
      let count = 1 + Int(random.next() % 20)
      if model.next - model.unacknowledged < 1000 {
        let isTaken = model.write(count)
        let written = (try? script.write(count)) ?? 0
        if (written == count) != isTaken { difference = "write took \(written)" }
      }
      compare(&script, resets: false)
    case 5, 6:
      let isTaken = model.shutdown()
      let works = (try? script.shutdown()) != nil
      if works != isTaken { difference = "shutdown: \(works)" }
      compare(&script, resets: false)
    case 7...9:
      let count = ((try? script.read()) ?? []).count
      if count != model.unread { difference = "read \(count), not \(model.unread)" }
      model.unread = 0
      model.edge = max(model.edge, model.expected + model.window)
      compare(&script, resets: false)
    case 10:
      hasHandle = false
      script.close()
      compare(&script, resets: model.close())
    default:
      hasHandle = false
      script.abort()
      compare(&script, resets: model.abort())
    }
  }

  /// A segment that the peer might send, mostly a sensible one.
  private func arrival(_ random: inout SplitMix64) -> StateModel.Arrival {
    var segment = StateModel.Arrival()
    let isUnsynchronized =
      model.state == .closed || model.state == .listen || model.state == .synSent
    segment.seq = isUnsynchronized ? 0 : model.expected
    let roll = random.next() % 32
    if isUnsynchronized || (model.state == .synReceived && roll < 8) {
      segment.syn = roll < 26
      segment.seq = model.state == .synReceived ? model.expected - 1 : 0
    } else if roll == 0, model.state != .timeWait {
      segment.syn = true
    }
    switch random.next() % 16 {
    case 0: segment.ack = nil
    case 1: segment.ack = model.next + 1 + Int(random.next() % 1000)
    case 2: segment.ack = model.unacknowledged
    default: segment.ack = model.next
    }
    if model.state == .listen { segment.ack = roll == 31 ? 5 : nil }
    if model.state == .synSent, roll & 3 == 0 { segment.ack = nil }
    if !segment.syn {
      if random.next() % 4 == 0 { segment.length = 1 + Int(random.next() % 9) }
      segment.fin = random.next() % 5 == 0
    }
    if random.next() % 40 == 0 {
      segment.rst = true
      segment.length = 0
      segment.fin = false
      if random.next() & 1 == 0 { segment.seq += 1 + Int(random.next() % 100) }
      if random.next() & 3 == 0 { segment.seq -= 5 }
    } else if segment.length + (segment.fin ? 1 : 0) == 0, random.next() % 8 == 0 {
      segment.seq += Int(random.next() % 100) - 20
    } else if !segment.syn, random.next() % 8 == 0 {
      // Old bytes, a part of them or all.
      segment.seq -= 1 + Int(random.next() % 10)
    }
    return segment
  }

  /// Compares what the stack is in and has sent with the model.
  private mutating func compare(_ script: inout Script, resets: Bool) {
    let sent = script.sent()
    history.append("  -> \(model.state) \(sent)")
    let place = script.placeOfConnection
    if place.state != model.state {
      difference = difference ?? "the stack is in \(place.state), the model in \(model.state)"
    }
    if sent.contains(where: { $0.flags.contains(.rst) }) != resets {
      difference = difference ?? "resets: the model says \(resets)"
    }
    guard let numbers = place.numbers, model.state != .synSent else { return }
    let wanted = [model.unacknowledged, model.next, model.expected]
    if model.state != .synReceived, numbers != wanted {
      difference = difference ?? "numbers \(numbers), the model has \(wanted)"
    }
  }
}

extension Script {
  /// Where the pair of ends stands in the stack, and its SND.UNA, SND.NXT, RCV.NXT.
  var placeOfConnection: (state: StateModel.State, numbers: [Int]?) {
    let key = ConnectionKey(
      localAddress: Host.address(1), remoteAddress: Host.address(2), localPort: ports.stack,
      remotePort: ports.peer)
    let reference = host.stack.tcp.find(key, hash: key.hash(host.stack.secret))
    switch reference.kind {
    case .halfOpen: return (.synReceived, nil)
    case .timeWait: return (.timeWait, nil)
    case .connection:
      let connection = reference.index
      let start = SequenceNumber(rawValue: stackStart ?? 0)
      let peer = SequenceNumber(rawValue: peerStart)
      let numbers = [
        host.stack.tcp.connections[connection].sendUnacknowledged.distance(from: start),
        host.stack.tcp.connections[connection].sendNext.distance(from: start),
        host.stack.tcp.connections[connection].receiveNext.distance(from: peer),
      ]
      let name = "\(host.stack.tcp.connections[connection].state)"
      return (StateModel.State(rawValue: name) ?? .closed, numbers)
    case nil:
      return (ports.stack == Script.stackPort ? .listen : .closed, nil)
    }
  }
}
