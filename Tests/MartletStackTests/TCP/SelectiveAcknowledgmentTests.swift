import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// What the receiver says of data out of order (RFC 2018, RFC 2883, RFC 5681, 4.2).
@Suite("Selective acknowledgment, the receiver's side")
struct SelectiveAcknowledgmentTests {
  static func opened(timestamps: Bool = false) throws -> Script {
    var configuration = Script.configuration()
    configuration.timestamps = timestamps
    var script = try Script(configuration)
    if timestamps { script.timestamp = 100 }
    try script.connect()
    _ = script.sent()
    script.send([.syn, .ack], seq: 0, ack: 1, options: Options.mss(1460) + Options.sackPermitted)
    _ = script.sent()
    return script
  }

  @Test("each gap is acknowledged at once, the block that changed last first")
  func blocks() throws {
    var script = try Self.opened()
    script.send(.ack, seq: 1001, ack: 1, data: Frame.pattern(500))
    expect(script.sent().first, .ack(1), .sack((1001, 1501)))
    script.send(.ack, seq: 3001, ack: 1, data: Frame.pattern(500))
    expect(script.sent().first, .ack(1), .sack((3001, 3501), (1001, 1501)))
    script.send(.ack, seq: 1501, ack: 1, data: Frame.pattern(100))
    expect(script.sent().first, .ack(1), .sack((1001, 1601), (3001, 3501)))
    script.send(.ack, seq: 1, ack: 1, data: Frame.pattern(1000))
    expect(script.sent().first, .ack(1601), .sack((3001, 3501)))
    script.send(.ack, seq: 1601, ack: 1, data: Frame.pattern(1400))
    expect(script.sent().first, .ack(3501), .noSack)
    #expect(try script.read().count == 3500)
  }

  @Test("four blocks find room, three beside timestamps", arguments: [false, true])
  func limit(timestamps: Bool) throws {
    var script = try Self.opened(timestamps: timestamps)
    for place in 1...5 { script.send(.ack, seq: place * 1000, ack: 1, data: [1]) }
    let last = try #require(script.sent().last)
    #expect(last.option(5)?.count == (timestamps ? 24 : 32))
  }

  @Test("a duplicate is reported first, once (D-SACK)")
  func duplicates() throws {
    var script = try Self.opened()
    script.send(.ack, seq: 1, ack: 1, data: Frame.pattern(500))
    script.send(.ack, seq: 1, ack: 1, data: Frame.pattern(500))
    expect(script.sent().last, .ack(501), .sack((1, 501)))
    // A duplicate of what is out of order lies within the second block.
    script.send(.ack, seq: 1001, ack: 1, data: Frame.pattern(500))
    expect(script.sent().last, .ack(501), .sack((1001, 1501)))
    script.send(.ack, seq: 1101, ack: 1, data: Array(Frame.pattern(500)[100..<200]))
    expect(script.sent().last, .ack(501), .sack((1101, 1201), (1001, 1501)))
    script.send(.ack, seq: 501, ack: 1, data: Frame.pattern(500))
    expect(script.sent().last, .ack(1501), .noSack)
  }

  @Test("out of order and in pieces, data comes out as it was")
  func reassembly() throws {
    var script = try Self.opened()
    let data = Frame.pattern(20_000)
    var generator = SplitMix64(seed: 3)
    var pieces: [(Int, Int)] = []
    for _ in 0..<60 {
      let start = Int(generator.next() % 19_000)
      pieces.append((start, 1 + Int(generator.next() % 1460)))
    }
    for start in stride(from: 19_000, through: 0, by: -1000) { pieces.append((start, 1000)) }
    for (start, count) in pieces {
      let end = min(start + count, data.count)
      script.send(.ack, seq: 1 + start, ack: 1, data: Array(data[start..<end]))
      _ = script.sent()
    }
    #expect(try script.read() == data)
    #expect(script.host.stack.memoryUse.rangeCount == 0)
  }

  @Test("a peer that did not offer SACK is told of none")
  func notNegotiated() throws {
    var script = try Script.opened()
    script.send(.ack, seq: 1001, ack: 1, data: Frame.pattern(500))
    expect(script.sent().first, .ack(1), .noOptions)
  }

  @Test("what lies beyond the window is dropped, and not reported as if it were kept")
  func beyondWindow() throws {
    var script = try Self.opened()
    script.send(.ack, seq: 70_001, ack: 1, data: Frame.pattern(500))
    expect(script.sent().first, .ack(1), .noSack)
  }
}
