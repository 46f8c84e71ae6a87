import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Hard part 5: silly windows, both sides (RFC 9293, 3.8.6.2; RFC 1122, 4.2.3.3).
@Suite("Silly windows")
struct SillyWindowTests {
  @Test("a user who reads byte by byte opens no window of less than a segment")
  func receiver() throws {
    var configuration = Script.configuration()
    configuration.receiveBufferLimit = 16_384
    configuration.receiveBufferMaximum = 16_384
    var script = try Script.opened(configuration)
    var sent = 0
    while sent < 16_384 {
      let count = min(1460, 16_384 - sent)
      script.send(.ack, seq: 1 + sent, ack: 1, data: Frame.pattern(count))
      sent += count
    }
    expect(script.sent().last, .ack(16_385), .win(0))
    var windows: [Int] = []
    for index in 0..<8000 {
      _ = try script.read(1)
      windows += script.sent().map(\.window)
      // Probes on the way are answered with the window as it was told.
      if index % 500 == 0 {
        script.send(.ack, seq: 16_385, ack: 1, data: [1])
        let answer = script.sent()
        #expect(answer.allSatisfy { $0.window == 0 || $0.window >= 1460 }, "\(answer)")
        if answer.last?.acknowledgment == 16_386 { break }
      }
    }
    #expect(windows.allSatisfy { $0 >= 1460 }, "\(windows)")
  }

  @Test("a window that grows by ten bytes gets whole segments, or waits for the override")
  func sender() throws {
    var script = try Script.opened(window: 10_000)
    try script.write(10_000)
    _ = script.sent()
    script.send(.ack, seq: 1, ack: 10_001, win: 0)
    try script.write(20_000)
    var small: [SeenSegment] = []
    for window in stride(from: 10, to: 1460, by: 10) {
      script.send(.ack, seq: 1, ack: 10_001, win: window)
      small += script.sent()
    }
    expectSilence(small)
    script.send(.ack, seq: 1, ack: 10_001, win: 1460)
    expect(script.sent().first, .seq(10_001), .length(1460))
  }

  @Test("a window that stays small is used as it is once the override time-out runs out")
  func override() throws {
    var script = try Script.opened(window: 10_000)
    try script.write(10_000)
    _ = script.sent()
    script.send(.ack, seq: 1, ack: 10_001, win: 700)
    try script.write(20_000)
    expectSilence(script.sent())
    expect(script.wait(.seconds(2)).first, .seq(10_001), .length(700))
  }

  @Test("half of a small peer's largest window goes at once")
  func smallPeer() throws {
    var script = try Script.opened(window: 1000)
    try script.write(5000)
    expect(script.sent().first, .seq(1), .length(1000))
    script.send(.ack, seq: 1, ack: 1001, win: 500)
    expect(script.sent().first, .seq(1001), .length(500))
  }

  @Test("a scaled window never opens by a peer's bytes, however small its segments")
  func scaledWindowCloses() throws {
    var configuration = Script.configuration()
    configuration.receiveBufferLimit = 1 << 20
    configuration.receiveBufferMaximum = 1 << 20
    var script = try Script.opened(
      configuration, peer: Options.mss(1460) + Options.scale(0))
    var edge = 0
    for index in 0..<2000 {
      script.send(.ack, seq: 1 + index * 7, ack: 1, data: Frame.pattern(7))
      for segment in script.sent() {
        edge = max(edge, segment.acknowledgment + segment.window << 5)
      }
    }
    // The limit, and less than a unit for what the field cannot say.
    #expect(edge < 1 + 1 << 20 + 1 << 5)
    #expect(edge > 900_000)
  }
}
