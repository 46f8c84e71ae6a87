import MartletDevice
import MartletHost
import MartletStack
import MartletWire
import Testing

@testable import MartletGateway

/// Where guests may go.
@Suite(.timeLimit(.minutes(1))) struct PolicyTests {
  static let guest = Endpoint(IPv4Address(10, 99, 0, 2), port: 4000)

  static func way(
    to address: IPv4Address, from source: Endpoint = guest,
    _ change: (inout GatewayOptions) -> Void = { _ in }
  ) -> Destination {
    var options = GatewayOptions(inside: GatewayLab.inside)
    change(&options)
    return options.way(from: source, to: Endpoint(address, port: 80))
  }

  @Test func theOutsideIsOpen() {
    let server = IPv4Address(192, 0, 2, 7)
    #expect(Self.way(to: server) == .host(Endpoint(server, port: 80)))
  }

  @Test(arguments: [
    (IPv4Address(127, 0, 0, 1), GatewayDrop.hostLoopback),
    (IPv4Address(127, 9, 9, 9), .hostLoopback), (IPv4Address(169, 254, 169, 254), .linkLocal),
    (IPv4Address(10, 99, 0, 1), .gatewayItself), (IPv4Address(10, 99, 0, 9), .insideDestination),
    (IPv4Address(0, 0, 0, 0), .badDestination), (IPv4Address(0, 1, 2, 3), .badDestination),
    (IPv4Address(224, 0, 0, 1), .badDestination), (.broadcast, .badDestination),
    (IPv4Address(240, 0, 0, 1), .badDestination),
  ])
  func theHostsOwnIsClosed(address: IPv4Address, drop: GatewayDrop) {
    guard case .refused(let reason, _) = Self.way(to: address) else {
      Issue.record("\(address) is open")
      return
    }
    #expect(reason == drop)
  }

  @Test func whatIsAllowedIsOpen() {
    let metadata = IPv4Address(169, 254, 169, 254)
    #expect(
      Self.way(to: metadata) { $0.policy.allowsLinkLocal = true }
        == .host(Endpoint(metadata, port: 80)))
    #expect(
      Self.way(to: GatewayLab.inside.address) { $0.policy.allowsHostLoopback = true }
        == .host(Endpoint(.loopback, port: 80)))
    // Not even then the addresses themselves.
    #expect(
      Self.way(to: .loopback) { $0.policy.allowsHostLoopback = true }
        == .refused(.hostLoopback, .prohibited))
  }

  @Test func whatIsRefusedIsClosed() {
    let address = IPv4Address(192, 168, 1, 1)
    let network = IPv4Prefix(IPv4Address(192, 168, 0, 0), length: 16)
    #expect(
      Self.way(to: address) { $0.policy.refused = [network] }
        == .refused(.refusedNetwork, .prohibited))
    #expect(
      Self.way(to: address) { $0.reachesOutside = false } == .refused(.outsideOff, .prohibited))
    #expect(
      Self.way(to: address, from: Endpoint(IPv4Address(10, 98, 0, 2), port: 1))
        == .refused(.foreignSource, .prohibited))
  }

  @Test func theLoopbackIsTheHostsOwn() {
    #expect(HostAddressProbe.isOwn(.loopback))
    #expect(HostAddressProbe.isOwn(IPv4Address(127, 3, 2, 1)))
    #expect(!HostAddressProbe.isOwn(IPv4Address(192, 0, 2, 1)))
  }

  @Test func aForbiddenDestinationIsSaidToBeUnreachable() async throws {
    let lab = try await GatewayLab()
    let metadata = Endpoint(IPv4Address(169, 254, 169, 254), port: 80)
    await #expect(throws: NetworkError.unreachable(metadata)) {
      try await lab.guest.connect(to: metadata)
    }
    #expect(await lab.gateway.counters[.linkLocal] == 1)
  }

  @Test func theGatewaysOwnPortsAreClosedUnlessTheyLeadToTheHost() async throws {
    let lab = try await GatewayLab { $0.policy.allowsHostLoopback = false }
    let listener = try await lab.listen()
    let place = lab.outside(listener.localEndpoint)
    await #expect(throws: NetworkError.refused(place)) { try await lab.guest.connect(to: place) }
    #expect(await lab.gateway.counters[.gatewayItself] == 1)
  }
}
