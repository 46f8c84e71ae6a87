import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Hard part 4: the zero window, the lost update and the shrinking window (RFC 9293, 3.8.6).
@Suite("Zero window")
struct ZeroWindowTests {
  @Test("is probed with one octet at growing intervals, and data goes on when it opens")
  func probes() throws {
    var script = try Script.opened(window: 0)
    try script.write(5000)
    var times: [Interval] = []
    let end = script.host.now + .seconds(300)
    while script.host.now < end {
      for probe in script.wait(.milliseconds(100)) {
        expect(probe, .seq(1), .data([Frame.pattern(1)[0]]))
        times.append(probe.time)
        script.send(.ack, seq: 1, ack: 1, win: 0)
      }
    }
    let gaps = zip(times.dropFirst(), times).map { ($0 - $1).microseconds / 1000 }
    #expect(times.count >= 9)
    #expect(times[0] <= .milliseconds(1200))
    #expect(zip(gaps.dropFirst(), gaps).allSatisfy { $0 >= $1 }, "\(gaps)")
    #expect(gaps.last ?? 0 <= 61_000 && gaps.last ?? 0 >= 30_000, "\(gaps)")
    #expect(script.state == .established)
    // The update is lost; the next probe's answer carries the window again, the octet with it.
    let probe = try #require(script.wait(.seconds(61)).first)
    expect(probe, .seq(1), .length(1))
    script.send(.ack, seq: 1, ack: 2, win: 65_535)
    let data = script.sent()
    #expect(data.first?.sequence == 2)
    #expect(data.last?.end == 5001)
  }

  @Test("a window closed before the user sends is probed all the same")
  func closedBeforeSending() throws {
    var script = try Script.opened()
    script.send(.ack, seq: 1, ack: 1, win: 0)
    expectSilence(script.wait(.seconds(5)))
    try script.write(100)
    expect(script.wait(.seconds(2)).first, .seq(1), .length(1))
  }

  @Test("a window that shrinks below what is in flight loses nothing")
  func shrinks() throws {
    var script = try Script.opened(window: 6000)
    try script.write(6000)
    #expect(script.sent().last?.end == 6001)
    script.send(.ack, seq: 1, ack: 1461, win: 500)
    script.send(.ack, seq: 1, ack: 1461, win: 0)
    let again = script.wait(.seconds(3))
    #expect(again.contains { $0.sequence == 1461 }, "\(again)")
    script.send(.ack, seq: 1, ack: 6001, win: 10_000)
    try script.write(1000)
    expect(script.sent().first, .seq(6001), .length(1000))
    script.send(.ack, seq: 1, ack: 7001, win: 10_000)
    #expect(try script.status.sendQueueCount == 0)
  }

  @Test("unanswered probes end the connection, answered ones never do")
  func unanswered() throws {
    var script = try Script.opened(window: 0)
    try script.write(100)
    let probes = script.wait(.seconds(1200))
    #expect(probes.count >= 15)
    #expect(script.endReason == .timedOut)
  }

  @Test("a peer that only ever answers probes does not keep what nobody waits for")
  func orphan() throws {
    var script = try Script.opened(window: 0)
    try script.write(100)
    script.close()
    let end = script.host.now + .seconds(600)
    while script.host.now < end {
      for _ in script.wait(.milliseconds(500)) { script.send(.ack, seq: 1, ack: 1, win: 0) }
    }
    _ = script.sent()
    #expect(script.host.stack.tcp.connections.count == 0)
    #expect(script.host.stack.memoryUse.blockCount == 0)
  }

  @Test("a full receiver refuses a probe's octet, answers it, and opens by a window of use")
  func receiver() throws {
    var configuration = Script.configuration()
    configuration.receiveBufferLimit = 8192
    configuration.receiveBufferMaximum = 8192
    var script = try Script.opened(configuration)
    for index in 0..<8 {
      script.send(.ack, seq: 1 + index * 1024, ack: 1, data: Frame.pattern(1024))
    }
    expect(script.sent().last, .ack, .ack(8193), .win(0))
    script.send(.ack, seq: 8193, ack: 1, data: [1])
    expect(script.sent().first, .ack, .ack(8193), .win(0))
    #expect(try script.read().count == 8192)
    expect(script.sent().first, .ack, .ack(8193), .win(8192))
  }
}
