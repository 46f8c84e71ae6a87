import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// The rules of RFC 1122, section 3.2.2.
@Suite struct ICMPErrorTests {
  static func host() throws -> Host {
    var host = try Host.settled(1)
    host.meet(2)
    return host
  }

  static let closedPort = Frame.udp(
    from: Host.address(2), 5000, to: Host.address(1), 7, Frame.pattern(1000))

  @Test func aClosedPortIsReportedWithTheDatagramsFront() throws {
    var host = try ICMPErrorTests.host()
    let packet = Frame.ipv4(
      from: Host.address(2), to: Host.address(1), .udp, ICMPErrorTests.closedPort)
    host.receive(packet: packet, from: 2)
    let sent = host.sent()
    try #require(sent.count == 1)
    #expect(sent[0].packet.count == 576)
    let message = sent[0].packet.payload
    #expect(message[0] == 3 && message[1] == 3 && Frame.checksum(message) == 0)
    #expect(Array(message[8...]) == Array(packet[0..<548]))
  }

  enum Silence: CaseIterable {
    case error, unknownType, broadcast, directedBroadcast, linkBroadcast, laterFragment, nobody
  }

  @Test(arguments: Silence.allCases) func silenceIsKept(about silence: Silence) throws {
    var host = try ICMPErrorTests.host()
    var (source, destination) = (Host.address(2), Host.address(1))
    var (number, payload) = (IPProtocol.udp, ICMPErrorTests.closedPort)
    var (link, flagsAndOffset): (MACAddress, UInt16) = (Host.mac(1), 0)
    switch silence {
    case .error:
      number = IPProtocol(rawValue: 1)
      payload = Frame.icmp(3, 3, rest: 0, Frame.pattern(28))
    case .unknownType:
      number = IPProtocol(rawValue: 1)
      payload = Frame.icmp(42, 0, rest: 0, [])
    case .broadcast: (destination, link) = (.broadcast, .broadcast)
    case .directedBroadcast: (destination, link) = (Host.address(255), .broadcast)
    case .linkBroadcast: link = .broadcast
    case .laterFragment: flagsAndOffset = 5
    case .nobody: source = .unspecified
    }
    let packet = Frame.ipv4(
      from: source, to: destination, number, payload, flagsAndOffset: flagsAndOffset)
    host.receive(packet: packet, from: 2, linkDestination: link)
    host.advance(by: .seconds(70))
    #expect(host.sent().isEmpty)
  }

  @Test func aPingToEverybodyIsIgnored() throws {
    var host = try ICMPErrorTests.host()
    let message = Frame.icmp(8, 0, rest: 1, [])
    let packet = Frame.ipv4(from: Host.address(2), to: .broadcast, .icmp, message)
    host.receive(packet: packet, from: 2, linkDestination: .broadcast)
    #expect(host.sent().isEmpty)
  }

  @Test func errorsAreLimitedInNumber() throws {
    var host = try ICMPErrorTests.host()
    let packet = Frame.ipv4(
      from: Host.address(2), to: Host.address(1), .udp, ICMPErrorTests.closedPort)
    for _ in 0..<10_000 {
      host.receive(packet: packet, from: 2)
      _ = host.sent()
    }
    #expect(host.stack.counters.icmpOutErrors == 50)
    host.advance(by: .milliseconds(100))
    for _ in 0..<10_000 { host.receive(packet: packet, from: 2) }
    #expect(host.stack.counters.icmpOutErrors == 100)
    #expect(host.stack.counters.dropped(.icmpRateLimited) == 19_900)
  }
}
