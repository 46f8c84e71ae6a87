import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// The short ways: for the next bytes in order, and for frames that come together.
@Suite("Header prediction")
struct HeaderPredictionTests {
  @Test("bytes in order carry news of the window")
  func windowInData() throws {
    var script = try Script.opened()
    script.send(.ack, seq: 1, ack: 1, data: [1, 2, 3])
    script.send(.ack, seq: 4, ack: 1, win: 0, data: [4])
    try script.write(100)
    expectSilence(script.sent().filter { $0.payload.count > 1 })
    script.send([.ack, .psh], seq: 5, ack: 1, win: 65_535, data: [5])
    #expect(script.sent().map(\.payload.count) == [100])
    #expect(try script.read() == [1, 2, 3, 4, 5])
  }

  @Test("bytes in order under an old timestamp are refused")
  func oldTimestamp() throws {
    var configuration = Script.configuration()
    configuration.timestamps = true
    var script = try Script(configuration)
    script.timestamp = 1000
    try script.connect()
    _ = script.sent()
    script.send([.syn, .ack], seq: 0, ack: 1, options: Options.mss(1460))
    _ = script.sent()
    script.timestamp = 2000
    script.send(.ack, seq: 1, ack: 1, data: [1])
    script.timestamp = 1500
    script.send(.ack, seq: 2, ack: 1, data: [2])
    script.timestamp = 2001
    script.send(.ack, seq: 2, ack: 1, data: [3])
    #expect(try script.read() == [1, 3])
  }

  @Test("bytes beyond the window are cut off")
  func beyondTheWindow() throws {
    var configuration = Script.configuration()
    configuration.receiveBufferLimit = 2000
    configuration.receiveBufferMaximum = 2000
    var script = try Script.opened(configuration)
    script.send(.ack, seq: 1, ack: 1, data: [UInt8](repeating: 7, count: 1400))
    script.send(.ack, seq: 1401, ack: 1, data: [UInt8](repeating: 8, count: 1400))
    #expect(try script.read().count == 2000)
  }

  @Test("frames that come together are acknowledged together, and end what one of them ends")
  func batch() throws {
    var script = try Script.opened()
    script.host.stack.beginBatch()
    for index in 0..<4 {
      let bytes = [UInt8](repeating: UInt8(index), count: 1000)
      script.send(.ack, seq: 1 + 1000 * index, ack: 1, data: bytes)
    }
    script.host.stack.endBatch()
    let answers = script.sent()
    #expect(answers.count == 1)
    expect(answers.first, .ack, .ack(4001))
    script.host.stack.beginBatch()
    script.send(.ack, seq: 4001, ack: 1, data: [4])
    script.send(.rst, seq: 4002)
    script.send(.ack, seq: 4002, ack: 1, data: [5])
    script.host.stack.endBatch()
    #expect(script.state == .closed)
    #expect(script.endReason == .reset)
    // The segment behind the reset found nobody.
    #expect(script.sent().map { $0.flags.contains(.rst) } == [true])
  }

  @Test("a burst is a segment a frame, each complete, and only the last ends the stream")
  func burst() throws {
    var script = try Script.opened()
    try script.write(5000)
    try script.shutdown()
    let segments = script.sent()
    #expect(segments.map(\.payload.count) == [1460, 1460, 1460, 620])
    #expect(segments.map(\.sequence) == [1, 1461, 2921, 4381])
    #expect(segments.map(\.flags) == [.ack, .ack, .ack, [.ack, .psh, .fin]])
    #expect(segments.flatMap(\.payload) == Frame.pattern(5000))
    for segment in segments {
      let packet = segment.packet
      #expect(Frame.checksum(Array(packet[0..<20])) == 0)
      let pseudo =
        Array(packet[12..<20]) + [0, 6] + Frame.word(UInt16(truncatingIfNeeded: packet.count - 20))
      #expect(Frame.checksum(pseudo + packet[20...]) == 0)
    }
    #expect(script.host.stack.counters.tcpOutSegs == 6)
  }
}
