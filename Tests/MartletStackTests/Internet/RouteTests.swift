import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

@Suite struct RouteTests {
  static let elsewhere = IPv4Address(198, 51, 100, 7)

  @Test func aGatewayOutsideEverySubnetIsRefused() throws {
    var host = try Host.settled(1)
    let stranger = IPv4Address(203, 0, 113, 1)
    do throws(StackError) {
      try host.stack.addRoute(to: IPv4Prefix(.unspecified, length: 0), via: stranger)
      Issue.record("the gateway was taken")
    } catch {
      #expect(error == .gatewayUnreachable(stranger))
    }
  }

  @Test func thisHostIsNoGateway() throws {
    var host = try Host.settled(1)
    do throws(StackError) {
      try host.stack.addRoute(to: IPv4Prefix(.unspecified, length: 0), via: Host.address(1))
      Issue.record("the gateway was taken")
    } catch {
      #expect(error == .gatewayUnreachable(Host.address(1)))
    }
  }

  @Test func theLongestPrefixWins() throws {
    var host = try Host.settled(1)
    try host.stack.addRoute(to: IPv4Prefix(.unspecified, length: 0), via: Host.address(254))
    try host.stack.addRoute(
      to: IPv4Prefix(IPv4Address(198, 51, 100, 0), length: 24), via: Host.address(253))
    try host.stack.addRoute(
      to: IPv4Prefix(RouteTests.elsewhere, length: 32), via: Host.address(252))
    let cases: [(IPv4Address, UInt8)] = [
      (RouteTests.elsewhere, 252), (IPv4Address(198, 51, 100, 8), 253),
      (IPv4Address(8, 8, 8, 8), 254),
    ]
    for (destination, gateway) in cases {
      let route = host.stack.route(to: destination, from: nil, on: nil)
      #expect(route?.nextHop == Host.address(gateway) && route?.source == Host.address(1))
    }
    let near = host.stack.route(to: Host.address(9), from: nil, on: nil)
    #expect(near?.nextHop == Host.address(9))
  }

  @Test func theSourceIsTheAddressInTheNextHopsSubnet() throws {
    var host = try Host.settled(1)
    let second = IPv4Address(203, 0, 113, 5)
    try host.stack.addAddress(IPv4Prefix(second, length: 24), on: host.id)
    let near = host.stack.route(to: IPv4Address(203, 0, 113, 9), from: nil, on: nil)
    #expect(near?.source == second)
    try host.stack.addRoute(
      to: IPv4Prefix(.unspecified, length: 0), via: IPv4Address(203, 0, 113, 1))
    let far = host.stack.route(to: RouteTests.elsewhere, from: nil, on: nil)
    #expect(far?.source == second)
  }

  @Test func anAddressTakesItsRoutesWithIt() throws {
    var host = try Host.settled(1)
    try host.stack.addRoute(to: IPv4Prefix(.unspecified, length: 0), via: Host.address(254))
    try host.stack.removeAddress(Host.address(1))
    let far = host.stack.route(to: RouteTests.elsewhere, from: nil, on: nil)
    let near = host.stack.route(to: Host.address(2), from: nil, on: nil)
    #expect(far == nil && near == nil)
  }

  @Test(arguments: [
    IPv4Prefix(.broadcast, length: 24), IPv4Prefix(IPv4Address(224, 0, 0, 5), length: 24),
    IPv4Prefix(IPv4Address(192, 0, 2, 255), length: 24),
    IPv4Prefix(IPv4Address(192, 0, 2, 0), length: 24), IPv4Prefix(.unspecified, length: 8),
  ])
  func whatNoHostMayOwnIsRefused(prefix: IPv4Prefix) throws {
    var host = try Host(1)
    do throws(StackError) {
      try host.stack.addAddress(prefix, on: host.id)
      Issue.record("the address was taken")
    } catch {
      #expect(error == .badAddress(prefix.address))
    }
  }

  @Test func anAddressIsTakenOnce() throws {
    var host = try Host.settled(1)
    do throws(StackError) {
      try host.stack.addAddress(IPv4Prefix(Host.address(1), length: 16), on: host.id)
      Issue.record("the address was taken")
    } catch {
      #expect(error == .addressInUse(Host.address(1)))
    }
  }

  @Test func removingAnInterfaceLeavesNothingBehind() throws {
    var host = try Host.settled(1)
    let socket = try host.stack.openUDP(interface: host.id)
    try host.send([1], to: Endpoint(Host.address(2), port: 9), on: socket)
    try host.stack.removeInterface(host.id)
    let free = host.stack.buffers.blocks.freeCount
    #expect(free == host.stack.configuration.blockCount)
    let rest = (
      host.stack.routes.count, host.stack.addresses.count, host.stack.neighbours.entries.count,
      host.stack.udp.sockets.count
    )
    #expect(rest == (0, 0, 0, 0))
    host.receive(PingTests.ping(from: 2, to: 1, []))
    #expect(host.stack.counters.dropped(.interfaceGone) >= 1)
  }
}
