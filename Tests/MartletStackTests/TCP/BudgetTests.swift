import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Memory under random use by many connections: promises are kept, limits hold, and all of it comes
/// back.
@Suite("Budgets")
struct BudgetTests {
  static func configuration() -> Configuration {
    var configuration = Script.configuration()
    configuration.blockSize = 1024
    configuration.blockCount = 96
    configuration.connectionCount = 32
    configuration.rangeCount = 48
    configuration.timestamps = true
    configuration.sendBufferLimit = 24 * 1024
    configuration.receiveBufferLimit = 24 * 1024
    configuration.receiveBufferMaximum = 64 * 1024
    return configuration
  }

  @Test("what is promised is taken, limits hold, and everything comes back", arguments: 1...12)
  func randomUse(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var a = try Host.settled(1, configuration: Self.configuration())
    var b = try Host.settled(2, configuration: Self.configuration())
    let listener = try b.stack.listen(on: Endpoint(Host.address(2), port: 80))
    let start = (a.stack.memoryUse, b.stack.memoryUse)
    var clients: [TCPHandle] = []
    var servers: [TCPHandle] = []
    for _ in 0..<600 {
      if clients.count < 20, random.next() % 4 == 0 {
        let now = a.now
        clients.append(try a.stack.connect(to: Endpoint(Host.address(2), port: 80), now: now))
      }
      while let handle = try b.stack.accept(on: listener) { servers.append(handle) }
      Self.use(&a, &clients, &random)
      Self.use(&b, &servers, &random)
      Self.pass(&a, &b, &random)
      try #require(Self.isBalanced(a) && Self.isBalanced(b))
    }
    for handle in clients { a.stack.abort(handle, now: a.now) }
    for handle in servers { b.stack.abort(handle, now: b.now) }
    for _ in 0..<4 { Self.pass(&a, &b, &random, lossless: true) }
    a.advance(by: .seconds(200))
    b.advance(by: .seconds(200))
    while let handle = try b.stack.accept(on: listener) { b.stack.abort(handle, now: b.now) }
    [UInt8].exchange(&a, &b)
    #expect(a.stack.memoryUse == start.0)
    #expect(b.stack.memoryUse == start.1)
    #expect(a.stack.buffers.blocks.grantedCount == 0)
    #expect(b.stack.buffers.blocks.grantedCount == 0)
  }

  /// One user's random call.
  private static func use(
    _ host: inout Host, _ handles: inout [TCPHandle], _ random: inout SplitMix64
  ) {
    for index in handles.indices.reversed() where random.next() & 1 == 0 {
      let handle = handles[index]
      let now = host.now
      switch random.next() % 40 {
      case 0...15:
        let wanted = 1 + Int(random.next() % 9000)
        guard let room = try? host.stack.sendCapacity(of: handle, upTo: wanted), room > 0 else {
          continue
        }
        // Others take what they can in between; a promise is a promise.
        for other in handles where other != handle { _ = host.send(4000, on: other) }
        let taken = host.send(room, on: handle)
        #expect(taken == room)
      case 16...18:
        _ = host.send(Int(random.next() % 5000), on: handle)
      case 19...35:
        _ = try? host.stack.withReceived(on: handle, now: now) { span in
          random.next() & 1 == 0 ? span.byteCount : span.byteCount / 2
        }
      case 36: try? host.stack.shutdown(handle, now: now)
      case 37: host.stack.abort(handle, now: now)
      case 38: host.stack.close(handle, now: now)
      default: continue
      }
      if (try? host.stack.status(of: handle)) == nil { handles.remove(at: index) }
    }
  }

  /// Frames cross, one in sixteen lost and one in sixteen late, and a little time passes.
  private static func pass(
    _ a: inout Host, _ b: inout Host, _ random: inout SplitMix64, lossless: Bool = false
  ) {
    func fate(_ frames: [[UInt8]]) -> [[UInt8]] {
      var kept: [[UInt8]] = []
      var late: [[UInt8]] = []
      for frame in frames {
        switch lossless ? 2 : random.next() % 16 {
        case 0: continue
        case 1: late.append(frame)
        default: kept.append(frame)
        }
      }
      return kept + late
    }
    for _ in 0..<3 {
      b.receive(fate(a.sent()))
      a.receive(fate(b.sent()))
    }
    a.advance(by: .milliseconds(20))
    b.advance(by: .milliseconds(20))
  }

  /// Whether what connections hold is what the pools have given, and no limit is passed.
  private static func isBalanced(_ host: borrowing Host) -> Bool {
    var blocks = 0
    var granted = 0
    var isWithinLimits = true
    for index in 0..<host.stack.tcp.connections.highWater
    where host.stack.tcp.connections.isUsed(index) {
      let send = Int(host.stack.tcp.connections[index].sendQueue.blockCount)
      let receive = Int(host.stack.tcp.connections[index].receiveQueue.blockCount)
      blocks += send + receive + Int(host.stack.tcp.connections[index].outOfOrder.blockCount)
      granted += Int(host.stack.tcp.connections[index].grantedBlocks)
      if host.stack.tcp.connections[index].sendQueue.byteCount > 24 * 1024 {
        isWithinLimits = false
      }
      // Auto-tuning may raise the limit, and never beyond the maximum.
      if host.stack.tcp.connections[index].receiveQueue.byteCount > 64 * 1024 {
        isWithinLimits = false
      }
    }
    let used = host.stack.memoryUse
    // Packets that wait hold blocks too.
    return isWithinLimits && granted == host.stack.buffers.blocks.grantedCount
      && used.blockCount >= blocks && used.blockCount <= blocks + used.packetCount
      && used.blockCount + granted <= 96
  }

  @Test("one connection's many ranges leave every other one of its own")
  func rangesAreReserved() throws {
    var configuration = Script.configuration()
    configuration.connectionCount = 8
    configuration.rangeCount = 16
    var script = try Script.opened(configuration, peer: Options.mss(1000) + Options.sackPermitted)
    // The peer sends every other byte: it takes all the ranges there are to share.
    for place in 0..<40 { script.send(.ack, seq: 3 + 2 * place, ack: 1, data: [1]) }
    #expect(script.host.stack.memoryUse.rangeCount == 16)
    let greedy = script.handle
    _ = script.sent()
    script.ports = (81, 5001)
    script.stackStart = nil
    try script.connect()
    _ = script.sent()
    script.send([.syn, .ack], seq: 0, ack: 1, options: Options.mss(1000))
    _ = script.sent()
    try script.write(5000)
    #expect(script.sent().count == 5)
    // What it sent is lost, and is sent again: it is remembered.
    #expect(script.wait(.seconds(2)).contains { $0.sequence == 1 })
    script.send(.ack, seq: 1, ack: 5001)
    #expect(try script.status.sendQueueCount == 0)
    script.host.stack.abort(greedy, now: script.host.now)
    script.abort()
    _ = script.sent()
    #expect(script.host.stack.memoryUse.rangeCount == 0)
  }

  @Test("what one peer sends out of order leaves others room to deliver in order")
  func roomForOrder() throws {
    var configuration = Script.configuration()
    configuration.blockCount = 64
    configuration.blockSize = 1024
    var script = try Script.opened(configuration)
    // A byte is charged by the block, and the gap before it stays open.
    for place in 0..<100 { script.send(.ack, seq: 3 + 2 * place, ack: 1, data: [1]) }
    #expect(script.host.stack.counters.dropped(.tcpNoBuffer) > 0)
    _ = script.sent()
    script.ports = (81, 5001)
    script.stackStart = nil
    try script.connect()
    _ = script.sent()
    script.send([.syn, .ack], seq: 0, ack: 1, options: Options.mss(1000))
    for place in 0..<8 {
      script.send(.ack, seq: 1 + 1000 * place, ack: 1, data: Frame.pattern(1000))
    }
    #expect(try script.read().count == 8000)
  }

  @Test("what the budget cannot hold is dropped before it is acknowledged, and counted")
  func receiveBeyondTheBudget() throws {
    var configuration = Script.configuration()
    configuration.blockCount = 8
    configuration.blockSize = 1024
    var script = try Script.opened(configuration)
    var acknowledged = 1
    for place in 0..<30 {
      script.send(.ack, seq: 1 + place * 1024, ack: 1, data: Frame.pattern(1024))
      for segment in script.wait(.milliseconds(50)) { acknowledged = segment.acknowledgment }
    }
    #expect(script.host.stack.counters.dropped(.tcpNoBuffer) > 0)
    let held = try script.read().count
    #expect(held == acknowledged - 1)
    #expect(held >= 4 * 1024)
  }
}

extension Host {
  /// Sends so many bytes; returns how many were taken.
  fileprivate mutating func send(_ count: Int, on handle: TCPHandle) -> Int {
    let bytes = [UInt8](repeating: 7, count: count)
    let now = now
    return (try? unsafe stack.send(bytes.span.bytes, on: handle, now: now)) ?? 0
  }
}
