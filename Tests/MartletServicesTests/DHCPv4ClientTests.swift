import MartletDevice
import MartletServices
import MartletStack
import MartletWire
import Testing

@Suite struct DHCPv4ClientTests {
  static let lent = IPv4Prefix(IPv4Address(192, 168, 7, 100), length: 24)

  static var unchecked: DHCPv4ClientOptions {
    var options = DHCPv4ClientOptions()
    options.checksAddress = false
    return options
  }

  @Test func anAddressIsAskedForProbedAndUsed() throws {
    var options = DHCPv4ClientOptions()
    options.hostName = Array("valve".utf8)
    var lab = try Lab(options)
    try lab.startDHCP()
    #expect(lab.dhcp.state == .checking)
    #expect(lab.addresses.isEmpty)
    let begin = lab.now
    lab.run(for: .seconds(20))
    #expect(lab.dhcp.state == .bound)
    #expect(lab.addresses == [Self.lent])
    let log = lab.dhcpServer?.log ?? []
    #expect(log.map(\.type) == [.discover, .request])
    #expect(log.allSatisfy { $0.source.isUnspecified && $0.destination == .broadcast })
    #expect(log.allSatisfy { $0.hostName == "valve" })
    #expect(log[1].requestedAddress == Self.lent.address)
    #expect(log[1].server == Lab.serverAddress)
    let held = lab.dhcp.lease
    let lease = try #require(held)
    #expect(lab.news() == [.bound(lease)])
    #expect(lease.nameServers == [Lab.serverAddress])
    #expect(lease.renewal == begin + .seconds(1800))
    #expect(lease.rebinding == begin + .seconds(3150))
    #expect(lease.expiry == begin + .seconds(3600))
  }

  @Test func theDefaultRouteLeadsToTheRouter() throws {
    var lab = try Lab(Self.unchecked)
    let far = Endpoint(IPv4Address(198, 51, 100, 1), port: 80)
    #expect(throws: StackError.noRoute(far.address)) {
      _ = try lab.client.connect(to: far, now: lab.now)
    }
    try lab.startDHCP()
    #expect(lab.dhcp.state == .bound)
    _ = try lab.client.connect(to: far, now: lab.now)
  }

  @Test func silenceIsAskedAgainAfterTimesThatDouble() throws {
    var lab = try Lab()
    var model = DHCPServerModel()
    model.mode = .silent
    try lab.startDHCP(model)
    lab.run(for: .seconds(300))
    let times = (lab.dhcpServer?.log ?? []).map(\.time.microseconds)
    let gaps = zip(times.dropFirst(), times).map { ($0 - $1) }
    #expect(gaps.count >= 6)
    for (gap, seconds) in zip(gaps, [4, 8, 16, 32, 64, 64] as [Int64]) {
      #expect(abs(gap - seconds * 1_000_000) <= 1_000_000)
    }
    // Jitter: no two hosts keep step.
    #expect(gaps[0] % 1_000_000 != 0)
  }

  @Test func theOwnServerExtendsTheLease() throws {
    var lab = try Lab(Self.unchecked)
    try lab.startDHCP()
    _ = lab.news()
    let held = lab.dhcp.lease
    let first = try #require(held)
    lab.run(for: .seconds(1801))
    let renewal = try #require(lab.dhcpServer?.log.last)
    #expect(renewal.type == .request)
    #expect(renewal.time == first.renewal)
    #expect(renewal.destination == Lab.serverAddress)
    #expect(renewal.source == Self.lent.address)
    #expect(renewal.clientAddress == Self.lent.address)
    #expect(renewal.requestedAddress == nil && renewal.server == nil)
    let extended = lab.dhcp.lease
    let second = try #require(extended)
    #expect(second.expiry == first.renewal + .seconds(3600))
    #expect(lab.news() == [.renewed(second)])
    #expect(lab.dhcp.state == .bound)
  }

  @Test func whatNobodyExtendsEnds() throws {
    var lab = try Lab(Self.unchecked)
    try lab.startDHCP()
    let held = lab.dhcp.lease
    let lease = try #require(held)
    lab.dhcpServer?.mode = .silent
    lab.run(for: .seconds(3599))
    #expect(lab.dhcp.state == .rebinding)
    #expect(lab.addresses == [Self.lent])
    let log = (lab.dhcpServer?.log ?? []).dropFirst(2)
    for message in log {
      let isEarly = message.time < lease.rebinding
      #expect(message.destination == (isEarly ? Lab.serverAddress : .broadcast))
      #expect(message.clientAddress == Self.lent.address)
    }
    #expect(log.contains { $0.time == lease.rebinding })
    _ = lab.news()
    lab.run(for: .seconds(2))
    #expect(lab.addresses.isEmpty)
    #expect(lab.news() == [.lost(.expired)])
    #expect(lab.dhcp.state == .selecting)
    lab.dhcpServer?.mode = .normal
    lab.run(for: .seconds(10))
    #expect(lab.dhcp.state == .bound)
  }

  @Test func aRefusalBeginsAgain() throws {
    var lab = try Lab(Self.unchecked)
    try lab.startDHCP()
    _ = lab.news()
    lab.dhcpServer?.mode = .refusing
    lab.dhcpServer?.address = IPv4Address(192, 168, 7, 101)
    lab.run(for: .seconds(1800))
    #expect(lab.news().first == .lost(.refused))
    #expect(lab.addresses.isEmpty)
    lab.dhcpServer?.mode = .normal
    lab.run(for: .seconds(10))
    #expect(lab.addresses == [IPv4Prefix(IPv4Address(192, 168, 7, 101), length: 24)])
  }

  @Test func anAddressThatAnotherHasIsDeclined() throws {
    var lab = try Lab()
    try lab.server.addAddress(Self.lent, on: lab.serverInterface)
    try lab.startDHCP()
    lab.run(for: .seconds(9))
    let log = lab.dhcpServer?.log ?? []
    #expect(log.map(\.type) == [.discover, .request, .decline])
    let decline = try #require(log.last)
    #expect(decline.requestedAddress == Self.lent.address)
    #expect(decline.server == Lab.serverAddress)
    #expect(decline.source.isUnspecified && decline.clientAddress.isUnspecified)
    #expect(lab.addresses.isEmpty)
    #expect(
      lab.news() == [
        .lost(.conflict(Self.lent.address, by: MACAddress(2, 0, 0, 0, 0, 2)))
      ])
    lab.dhcpServer?.address = IPv4Address(192, 168, 7, 101)
    lab.run(for: .seconds(30))
    let next = try #require(lab.dhcpServer?.log.dropFirst(3).first)
    #expect(next.time >= decline.time + .seconds(10))
    #expect(lab.addresses.map(\.address) == [IPv4Address(192, 168, 7, 101)])
  }

  @Test func releasingGivesTheAddressBack() throws {
    var lab = try Lab(Self.unchecked)
    try lab.startDHCP()
    lab.dhcp.release(on: &lab.client, now: lab.now)
    lab.run(for: .seconds(2))
    let release = try #require(lab.dhcpServer?.log.last)
    #expect(release.type == .release)
    #expect(release.source == Self.lent.address)
    #expect(release.clientAddress == Self.lent.address)
    #expect(release.destination == Lab.serverAddress)
    #expect(lab.addresses.isEmpty)
    #expect(lab.dhcp.state == .stopped && lab.dhcp.nextDeadline == nil)
    // Its port is free again.
    _ = try lab.client.openUDP(on: Endpoint(.unspecified, port: 68))
  }

  @Test func anEarlierAddressIsAskedForFirst() throws {
    var options = Self.unchecked
    options.previousAddress = Self.lent.address
    var lab = try Lab(options)
    try lab.startDHCP()
    let request = try #require(lab.dhcpServer?.log.first)
    #expect(request.type == .request)
    #expect(request.requestedAddress == Self.lent.address)
    #expect(request.server == nil)
    #expect(lab.dhcp.state == .bound)
    var other = try Lab(options)
    var model = DHCPServerModel()
    model.mode = .refusing
    try other.startDHCP(model)
    other.dhcpServer?.mode = .normal
    other.run(for: .seconds(5))
    #expect(other.dhcp.state == .bound)
    #expect(other.dhcpServer?.log.map(\.type) == [.request, .discover, .request])
  }

  @Test func classlessRoutesReplaceTheRouter() throws {
    var lab = try Lab(Self.unchecked)
    var model = DHCPServerModel()
    // 10/8 through 192.168.7.1, and 172.16/12 on the link itself.
    model.classlessRoutes = [8, 10, 192, 168, 7, 1, 12, 172, 16, 0, 0, 0, 0]
    try lab.startDHCP(model)
    #expect(lab.dhcp.lease?.routes.count == 2)
    for host in [IPv4Address(10, 1, 1, 1), IPv4Address(172, 20, 0, 1)] {
      _ = try lab.client.connect(to: Endpoint(host, port: 80), now: lab.now)
    }
    let far = IPv4Address(198, 51, 100, 1)
    #expect(throws: StackError.noRoute(far)) {
      _ = try lab.client.connect(to: Endpoint(far, port: 80), now: lab.now)
    }
    lab.dhcp.release(on: &lab.client, now: lab.now)
    lab.run(for: .seconds(2))
    #expect(throws: StackError.noRoute(IPv4Address(172, 20, 0, 1))) {
      _ = try lab.client.connect(
        to: Endpoint(IPv4Address(172, 20, 0, 1), port: 80), now: lab.now)
    }
  }

  @Test func anEndlessLeaseIsNeverRenewed() throws {
    var lab = try Lab(Self.unchecked)
    var model = DHCPServerModel()
    model.leaseSeconds = .max
    try lab.startDHCP(model)
    #expect(lab.dhcp.nextDeadline == nil)
    #expect(lab.dhcp.state == .bound)
  }

  @Test func aLeaseTooShortToKeepIsNotTaken() throws {
    var lab = try Lab(Self.unchecked)
    var model = DHCPServerModel()
    model.leaseSeconds = 1
    try lab.startDHCP(model)
    lab.run(for: .seconds(1))
    #expect(lab.addresses.isEmpty)
    #expect(lab.dhcp.state == .requesting)
  }

  @Test func whatIsForAnotherIsLeftAlone() throws {
    var lab = try Lab(Self.unchecked)
    var model = DHCPServerModel()
    // Another exchange, another client, a request, no cookie.
    model.mangle = { reply in
      [4, 28, 0, 236].map { place in
        var bytes = reply
        bytes[place] ^= 3
        return bytes
      }
    }
    try lab.startDHCP(model)
    lab.run(for: .seconds(3))
    #expect(lab.dhcp.state == .selecting)
  }

  @Test func noBytesTrapOrStall() throws {
    var random = SplitMix64(seed: 7)
    for round in 0..<300 {
      var lab = try Lab(Self.unchecked, seed: UInt64(round))
      var model = DHCPServerModel()
      var draw = random
      random = SplitMix64(seed: random.next())
      model.mangle = { reply in
        var bytes = reply
        for _ in 0..<3 {
          bytes[Int(draw.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: draw.next())
        }
        return [Array(bytes.prefix(Int(draw.next() % UInt64(bytes.count + 1)))), bytes]
      }
      try lab.startDHCP(model)
      lab.run(for: .seconds(100))
      #expect(lab.dhcp.state != .stopped)
    }
  }
}
