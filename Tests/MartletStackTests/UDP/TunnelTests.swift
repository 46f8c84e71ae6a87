import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// An interface that accepts every destination: what a packet tunnel needs.
@Suite struct TunnelTests {
  static let client = IPv4Address(10, 0, 0, 2)
  static let server = IPv4Address(93, 184, 216, 34)

  @Test func anyDestinationIsHeardAndAnsweredFromIt() throws {
    var host = try Host(1, medium: .ip, acceptsAllDestinations: true)
    let socket = try host.stack.openUDP(acceptingAllOn: host.id)
    let question = Frame.udp(from: TunnelTests.client, 4000, to: TunnelTests.server, 53, [1, 2])
    host.receive(Frame.ipv4(from: TunnelTests.client, to: TunnelTests.server, .udp, question))
    let received = try #require(try host.datagram(socket))
    #expect(received.data == [1, 2])
    #expect(received.datagram.destination == Endpoint(TunnelTests.server, port: 53))
    try host.send(
      [3, 4], to: received.datagram.source, from: received.datagram.destination, on: socket)
    let sent = host.sent()
    #expect(sent.count == 1)
    #expect(sent[0].source == TunnelTests.server && sent[0].destination == TunnelTests.client)
    #expect(
      sent[0].payload
        == Frame.udp(from: TunnelTests.server, 53, to: TunnelTests.client, 4000, [3, 4]))
  }

  @Test func anExactSocketGoesBeforeTheWildcard() throws {
    var host = try Host(1, medium: .ip, acceptsAllDestinations: true)
    let wildcard = try host.stack.openUDP(acceptingAllOn: host.id)
    let exact = try host.stack.openUDP(on: Endpoint(.unspecified, port: 53))
    let question = Frame.udp(from: TunnelTests.client, 4000, to: TunnelTests.server, 53, [1])
    host.receive(Frame.ipv4(from: TunnelTests.client, to: TunnelTests.server, .udp, question))
    #expect(try host.stack.unreadCount(of: exact) == 1)
    #expect(try host.stack.unreadCount(of: wildcard) == 0)
  }

  @Test func anOrdinaryInterfaceHasNoWildcard() throws {
    var host = try Host.settled(1)
    do throws(StackError) {
      _ = try host.stack.openUDP(acceptingAllOn: host.id)
      Issue.record("it was opened")
    } catch {
      #expect(error == .badState)
    }
  }

  @Test func aPingToAnyAddressIsAnsweredFromIt() throws {
    var host = try Host(1, medium: .ip, acceptsAllDestinations: true)
    let message = Frame.icmp(8, 0, rest: 5, [1])
    host.receive(Frame.ipv4(from: TunnelTests.client, to: TunnelTests.server, .icmp, message))
    let sent = host.sent()
    #expect(sent.count == 1 && sent[0].source == TunnelTests.server)
  }
}
