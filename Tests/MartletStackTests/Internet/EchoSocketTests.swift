import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

@Suite struct EchoSocketTests {
  @Test func aSilentHostIsReported() throws {
    var host = try Host.settled(1)
    let echo = try host.stack.openEcho()
    try host.ping([1], to: Host.address(2), sequence: 5, on: echo)
    host.advance(by: .seconds(4))
    let event = host.stack.nextEvent()
    #expect(event == .echo(echo, .error))
    let error = try host.stack.takeError(of: echo)
    #expect(
      error
        == EchoError(
          reason: .hostUnreachable, sender: Host.address(1), sequence: 5, isTimeExceeded: false))
  }

  @Test func aRouterOnTheWayIsNamed() throws {
    var host = try UDPSocketTests.host()
    let echo = try host.stack.openEcho()
    try host.ping([1], to: Host.address(2), sequence: 9, timeToLive: 1, on: echo)
    let packet = host.sent()[0].packet
    #expect(packet[8] == 1)
    let router = IPv4Address(203, 0, 113, 9)
    let error = Frame.icmp(11, 0, rest: 0, Array(packet[0..<28]))
    host.receive(packet: Frame.ipv4(from: router, to: Host.address(1), .icmp, error), from: 2)
    let news = try host.stack.takeError(of: echo)
    #expect(news?.sender == router && news?.sequence == 9 && news?.isTimeExceeded == true)
  }

  @Test func aReplyForNobodyIsDropped() throws {
    var host = try UDPSocketTests.host()
    let echo = try host.stack.openEcho()
    try host.ping([1], to: Host.address(2), on: echo)
    var message = host.sent()[0].packet.payload
    let identifier = message.word(at: 4) ^ 1
    message = Frame.icmp(0, 0, rest: UInt32(identifier) << 16, [1])
    host.receive(
      packet: Frame.ipv4(from: Host.address(2), to: Host.address(1), .icmp, message), from: 2)
    let reply = try host.reply(echo)
    #expect(reply == nil)
    #expect(host.stack.counters.dropped(.icmpUnmatched) == 1)
  }
}
