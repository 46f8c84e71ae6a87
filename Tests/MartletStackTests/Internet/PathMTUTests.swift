import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Hard part 9 as far as it concerns datagrams, and the cache that TCP shares.
@Suite struct PathMTUTests {
  static let remote = Endpoint(Host.address(2), port: 9)

  /// A host whose socket has sent 1,400 bytes that forbid fragments, and that packet.
  static func sent(_ packet: inout [UInt8]) throws -> Host {
    var host = try UDPSocketTests.host()
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    var options = UDPOptions()
    options.dontFragment = true
    try host.stack.setOptions(options, of: socket)
    try host.send(Frame.pattern(1400), to: remote, on: socket)
    packet = host.sent()[0].packet
    return host
  }

  static func report(_ host: inout Host, mtu: UInt32, quoting packet: [UInt8]) {
    let error = Frame.icmp(3, 4, rest: mtu, Array(packet[0..<28]))
    host.receive(
      packet: Frame.ipv4(from: IPv4Address(203, 0, 113, 9), to: Host.address(1), .icmp, error),
      from: 2)
  }

  @Test(arguments: [(1000, 1000), (68, 552), (0, 1006), (1499, 1499), (1500, 1500), (9000, 1500)])
  func aRoutersWordNarrowsThePath(claimed: UInt32, believed: Int) throws {
    var packet: [UInt8] = []
    var host = try PathMTUTests.sent(&packet)
    #expect(packet.word(at: 6) == 0x4000)
    PathMTUTests.report(&host, mtu: claimed, quoting: packet)
    let mtu = host.stack.pathMTU(to: Host.address(2), on: 0)
    #expect(mtu == believed)
    let other = host.stack.pathMTU(to: Host.address(3), on: 0)
    #expect(other == 1500)
  }

  @Test func aForgedQuoteIsIgnored() throws {
    var packet: [UInt8] = []
    var host = try PathMTUTests.sent(&packet)
    // Another port, another destination, another sender, no "don't fragment".
    for place in [21, 23, 19, 15, 6] {
      var forged = packet
      forged[place] ^= place == 6 ? 0x40 : 1
      PathMTUTests.report(&host, mtu: 600, quoting: forged)
    }
    let mtu = host.stack.pathMTU(to: Host.address(2), on: 0)
    #expect(mtu == 1500)
    #expect(host.stack.counters.dropped(.icmpUnmatched) == 5)
  }

  @Test func aPathIsForgottenAfterTenMinutes() throws {
    var packet: [UInt8] = []
    var host = try PathMTUTests.sent(&packet)
    PathMTUTests.report(&host, mtu: 1000, quoting: packet)
    PathMTUTests.report(&host, mtu: 1200, quoting: packet)
    host.advance(by: .seconds(599))
    let before = host.stack.pathMTU(to: Host.address(2), on: 0)
    host.advance(by: .seconds(2))
    let after = host.stack.pathMTU(to: Host.address(2), on: 0)
    #expect(before == 1000 && after == 1500)
  }

  @Test func aDatagramAboveThePathIsRefused() throws {
    var packet: [UInt8] = []
    var host = try PathMTUTests.sent(&packet)
    PathMTUTests.report(&host, mtu: 1000, quoting: packet)
    let socket = UDPHandle(index: 0, generation: 1)
    do throws(StackError) {
      try host.send(Frame.pattern(1400), to: PathMTUTests.remote, on: socket)
      Issue.record("it was admitted")
    } catch {
      #expect(error == .messageTooLong(limit: 972))
    }
  }
}
