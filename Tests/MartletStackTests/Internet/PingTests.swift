import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Hard part 11: resolution of a neighbour must not cost the first packet.
@Suite struct PingTests {
  static func ping(from source: UInt8, to destination: UInt8, _ data: [UInt8]) -> [UInt8] {
    let message = Frame.icmp(8, 0, rest: 0x1234_0001, data)
    let packet = Frame.ipv4(
      from: Host.address(source), to: Host.address(destination), .icmp, message)
    return Frame.ethernet(to: Host.mac(destination), from: Host.mac(source), .ipv4, packet)
  }

  @Test func theFirstPingToAColdStackIsAnswered() throws {
    var host = try Host.settled(1)
    let data = Frame.pattern(56)
    host.receive(PingTests.ping(from: 2, to: 1, data))
    let question = host.sent()
    #expect(question.count == 1)
    #expect(question[0].isARPRequest && question[0].arpTarget == Host.address(2))
    host.advance(by: .milliseconds(300))
    host.receive(
      Frame.arp(
        .reply, from: Host.mac(2), Host.address(2), to: Host.address(1), at: Host.mac(1),
        linkDestination: Host.mac(1)))
    let answer = host.sent()
    #expect(answer.count == 1)
    #expect(answer[0].linkDestination == Host.mac(2))
    #expect(answer[0].packet.source == Host.address(1))
    #expect(answer[0].packet.payload == Frame.icmp(0, 0, rest: 0x1234_0001, data))
    #expect(Frame.checksum(Array(answer[0].packet[0..<20])) == 0)
  }

  @Test(arguments: [0, 1, 17, 1471, 1472, 1473, 1480, 1481, 2951, 2952, 2953, 40_000, 65_507])
  func twoStacksAnswerEachOther(size: Int) throws {
    var a = try Host.settled(1)
    var b = try Host.settled(2)
    let echo = try a.stack.openEcho()
    let data = Frame.pattern(size)
    try a.ping(data, to: Host.address(2), sequence: 7, on: echo)
    [UInt8].exchange(&a, &b)
    let answer = try a.reply(echo)
    #expect(answer?.reply.source == Host.address(2) && answer?.reply.sequence == 7)
    #expect(answer?.data == data)
    let waiting = a.stack.buffers.packetCount + b.stack.buffers.packetCount
    #expect(waiting == 0)
    let free = b.stack.buffers.blocks.freeCount
    #expect(free == b.stack.configuration.blockCount)
  }
}
