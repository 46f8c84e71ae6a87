import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// RFC 1112 and RFC 2236.
@Suite struct MulticastTests {
  static let group = IPv4Address(239, 1, 2, 3)
  static let groupMAC = MACAddress(1, 0, 0x5E, 1, 2, 3)

  static func igmp(_ type: UInt8, _ tenths: UInt8, _ group: IPv4Address, to: IPv4Address) -> [UInt8]
  {
    var message = [type, tenths, 0, 0] + Frame.bytes(group)
    let sum = Frame.checksum(message)
    message[2] = UInt8(sum >> 8)
    message[3] = UInt8(sum & 255)
    return Frame.ipv4(
      from: Host.address(2), to: to, .igmp, message, timeToLive: 1, options: [148, 4, 0, 0])
  }

  static func member() throws -> Host {
    var host = try Host.settled(1)
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    try host.stack.join(MulticastTests.group, on: host.id, with: socket)
    return host
  }

  static func socket(of host: borrowing Host) -> UDPHandle { UDPHandle(index: 0, generation: 1) }

  @Test func joiningIsReportedTwiceWithRouterAlert() throws {
    var host = try MulticastTests.member()
    host.advance(by: .seconds(20))
    let reports = host.sent()
    #expect(reports.count == 2)
    for report in reports {
      #expect(report.linkDestination == MulticastTests.groupMAC)
      #expect(report.packet.destination == MulticastTests.group && report.packet[8] == 1)
      #expect(Array(report.packet[20..<24]) == [148, 4, 0, 0])
      let message = report.packet.payload
      #expect(message[0] == 0x16 && Frame.checksum(message) == 0)
    }
  }

  @Test func aMemberHearsTheGroupAndAStrangerDoesNot() throws {
    var host = try MulticastTests.member()
    let other = try host.stack.openUDP(on: Endpoint(.unspecified, port: 8))
    for port in [7, 8] as [UInt16] {
      host.receive(
        packet: UDPSocketTests.datagram(to: port, at: MulticastTests.group), from: 2,
        linkDestination: MulticastTests.groupMAC)
    }
    #expect(try host.stack.unreadCount(of: MulticastTests.socket(of: host)) == 1)
    #expect(try host.stack.unreadCount(of: other) == 0)
    try host.stack.leave(MulticastTests.group, on: host.id, with: MulticastTests.socket(of: host))
    host.receive(
      packet: UDPSocketTests.datagram(at: MulticastTests.group), from: 2,
      linkDestination: MulticastTests.groupMAC)
    #expect(host.stack.counters.dropped(.ipNotForUs) == 1)
  }

  @Test(arguments: [IPv4Address.unspecified, MulticastTests.group])
  func aQueryIsAnsweredWithinItsTime(asked: IPv4Address) throws {
    var host = try MulticastTests.member()
    host.advance(by: .seconds(20))
    _ = host.sent()
    let to = asked.isUnspecified ? IPv4Address(224, 0, 0, 1) : asked
    host.receive(
      packet: MulticastTests.igmp(0x11, 20, asked, to: to), from: 2,
      linkDestination: to.multicastMACAddress)
    host.advance(by: .seconds(2))
    let reports = host.sent()
    #expect(reports.count == 1 && reports[0].packet.payload[0] == 0x16)
    host.advance(by: .seconds(20))
    #expect(host.sent().isEmpty)
  }

  @Test func anotherMembersReportIsEnough() throws {
    var host = try MulticastTests.member()
    host.advance(by: .seconds(20))
    _ = host.sent()
    let query = MulticastTests.igmp(0x11, 100, .unspecified, to: IPv4Address(224, 0, 0, 1))
    host.receive(packet: query, from: 2, linkDestination: MACAddress(1, 0, 0x5E, 0, 0, 1))
    host.receive(
      packet: MulticastTests.igmp(0x16, 0, MulticastTests.group, to: MulticastTests.group),
      from: 2, linkDestination: MulticastTests.groupMAC)
    host.advance(by: .seconds(20))
    #expect(host.sent().isEmpty)
    try host.stack.leave(MulticastTests.group, on: host.id, with: MulticastTests.socket(of: host))
    #expect(host.sent().isEmpty)
  }

  @Test func theLastReporterSaysThatItLeaves() throws {
    var host = try MulticastTests.member()
    host.advance(by: .seconds(20))
    _ = host.sent()
    host.stack.close(MulticastTests.socket(of: host))
    let leave = host.sent()
    #expect(leave.count == 1 && leave[0].packet.payload[0] == 0x17)
    #expect(leave[0].packet.destination == IPv4Address(224, 0, 0, 2))
  }

  @Test(arguments: [true, false]) func whatIsSentComesBackIfAskedFor(loops: Bool) throws {
    var host = try MulticastTests.member()
    let sender = try host.stack.openUDP()
    var options = UDPOptions()
    options.multicastLoop = loops
    try host.stack.setOptions(options, of: sender)
    host.advance(by: .seconds(20))
    _ = host.sent()
    try host.send([1, 2], to: Endpoint(MulticastTests.group, port: 7), on: sender)
    let sent = host.sent()
    #expect(sent.count == 1 && sent[0].packet[8] == 1)
    #expect(sent[0].linkDestination == MulticastTests.groupMAC)
    let received = try host.datagram(MulticastTests.socket(of: host))
    #expect(received?.data == (loops ? [1, 2] : nil))
  }
}
