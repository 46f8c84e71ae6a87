import MartletDevice
import MartletStack
import MartletWire
import Testing

@testable import MartletServices

@Suite struct DHCPv4ServerTests {
  typealias Ask = ServerLab.Ask
  static let server = ServerLab.serverAddress

  static func address(_ last: UInt8) -> IPv4Address { IPv4Address(192, 168, 7, last) }

  static func pool(_ range: ClosedRange<UInt8>) -> DHCPv4ServerOptions {
    var options = DHCPv4ServerOptions(server: ServerLab.network)
    options.poolStart = address(range.lowerBound)
    options.poolEnd = address(range.upperBound)
    return options
  }

  @Test func anOfferAndALeaseSayWhatTheNetworkIs() throws {
    var options = Self.pool(100...110)
    options.domain = Array("home.test".utf8)
    options.maximumTransmissionUnit = 1400
    var lab = try ServerLab(dhcp: options)
    let offer = try #require(try lab.ask(Ask(type: .discover, parameters: [.interfaceMTU])))
    #expect(offer.type == .offer && offer.address == Self.address(100))
    #expect(offer.mask == IPv4Address(255, 255, 255, 0))
    #expect(offer.router == Self.server && offer.nameServer == Self.server)
    #expect(offer.seconds == 3600 && offer.mtu == 1400)
    #expect(offer.domain == Array("home.test".utf8))
    #expect(lab.news().isEmpty)
    let answer = try lab.ask(Ask(type: .request, wanted: offer.address, server: Self.server))
    #expect(answer?.type == .acknowledge && answer?.address == offer.address)
    #expect(answer?.mtu == nil)
    #expect(lab.news().count == 1)
  }

  @Test func clientsGetDifferentAddressesUntilNoneIsLeft() throws {
    var lab = try ServerLab(dhcp: Self.pool(100...102))
    var lent: [IPv4Address?] = []
    for card: UInt8 in 1...4 { lent.append(try lab.lend(card: card)) }
    #expect(lent == [Self.address(100), Self.address(101), Self.address(102), nil])
    #expect(lab.dhcp.counters.exhausted == 1)
    // The same client gets the same again.
    #expect(try lab.lend(card: 2) == Self.address(101))
  }

  @Test func aFixedLeaseIsItsCardsAlone() throws {
    var options = Self.pool(100...101)
    options.fixedLeases = [
      .init(
        linkAddress: MACAddress(2, 0, 0, 0, 9, 5), address: Self.address(101),
        name: Array("printer".utf8))
    ]
    var lab = try ServerLab(dhcp: options)
    #expect(try lab.lend(card: 1, wanted: Self.address(101)) == Self.address(100))
    #expect(try lab.lend(card: 2) == nil)
    #expect(try lab.lend(card: 5, wanted: Self.address(100)) == Self.address(101))
    let offer = try lab.ask(Ask(type: .discover, card: 5, parameters: [.hostName]))
    #expect(offer?.name == Array("printer".utf8))
    let thief = try lab.ask(Ask(type: .request, card: 1, wanted: Self.address(101)))
    #expect(thief?.type == .refuse)
  }

  @Test func anUnknownAddressIsRefusedAndAFreeOneIsGranted() throws {
    var lab = try ServerLab(dhcp: Self.pool(100...110))
    // INIT-REBOOT on another network, then of a lease from before the server's start.
    let foreign = try lab.ask(Ask(type: .request, wanted: IPv4Address(10, 0, 0, 3)))
    #expect(foreign?.type == .refuse && foreign?.address == .unspecified)
    let known = try lab.ask(Ask(type: .request, wanted: Self.address(105)))
    #expect(known?.type == .acknowledge && known?.address == Self.address(105))
    let taken = try lab.ask(Ask(type: .request, card: 2, wanted: Self.address(105)))
    #expect(taken?.type == .refuse)
    // The server's own is nobody's.
    let own = try lab.ask(Ask(type: .request, card: 3, wanted: Self.server))
    #expect(own?.type == .refuse)
  }

  @Test func anOfferThatNobodyTakesIsFreeAgain() throws {
    var lab = try ServerLab(dhcp: Self.pool(100...100))
    #expect(try lab.ask(Ask(type: .discover, card: 1))?.address == Self.address(100))
    #expect(try lab.ask(Ask(type: .discover, card: 2)) == nil)
    lab.run(for: .seconds(31))
    #expect(try lab.lend(card: 2) == Self.address(100))
  }

  @Test func whoChoosesAnotherServerGivesTheOfferBack() throws {
    var lab = try ServerLab(dhcp: Self.pool(100...100))
    _ = try lab.ask(Ask(type: .discover, card: 1))
    let other = try lab.ask(
      Ask(type: .request, card: 1, wanted: Self.address(9), server: Self.address(2)))
    #expect(other == nil)
    #expect(try lab.lend(card: 2) == Self.address(100))
  }

  @Test func aLeaseEndsInItsTimeAndIsExtended() throws {
    var lab = try ServerLab(dhcp: Self.pool(100...100))
    #expect(try lab.lend(card: 1) == Self.address(100))
    lab.run(for: .seconds(3000))
    try lab.addClientAddress(100)
    let extended = try lab.ask(Ask(type: .request, clientAddress: Self.address(100)))
    #expect(extended?.type == .acknowledge)
    _ = lab.news()
    lab.run(for: .seconds(3599))
    #expect(lab.news().isEmpty)
    #expect(try lab.ask(Ask(type: .discover, card: 2)) == nil)
    lab.run(for: .seconds(2))
    #expect(lab.news().count == 1)
    #expect(try lab.lend(card: 2) == Self.address(100))
  }

  @Test func aReleasedAddressIsKeptForItsClientUntilItIsNeeded() throws {
    var lab = try ServerLab(dhcp: Self.pool(100...101))
    #expect(try lab.lend(card: 1) == Self.address(100))
    _ = lab.news()
    _ = try lab.ask(Ask(type: .release, clientAddress: Self.address(100), server: Self.server))
    #expect(lab.news().count == 1)
    #expect(try lab.lend(card: 2) == Self.address(101))
    #expect(try lab.lend(card: 1) == Self.address(100))
    _ = try lab.ask(Ask(type: .release, clientAddress: Self.address(100), server: Self.server))
    #expect(try lab.lend(card: 3) == Self.address(100))
    // Only the holder can give it back.
    _ = try lab.ask(
      Ask(type: .release, card: 1, clientAddress: Self.address(100), server: Self.server))
    #expect(try lab.lend(card: 4) == nil)
  }

  @Test func aDeclinedAddressIsNotLentForAWhile() throws {
    var lab = try ServerLab(dhcp: Self.pool(100...101))
    #expect(try lab.lend(card: 1) == Self.address(100))
    _ = try lab.ask(Ask(type: .decline, wanted: Self.address(100), server: Self.server))
    #expect(lab.dhcp.counters.declines == 1)
    #expect(try lab.lend(card: 1) == Self.address(101))
    #expect(try lab.lend(card: 2) == nil)
    lab.run(for: .seconds(601))
    #expect(try lab.lend(card: 2) == Self.address(100))
  }

  @Test func informIsAnsweredWithoutAnAddress() throws {
    var lab = try ServerLab(dhcp: Self.pool(100...101))
    try lab.addClientAddress()
    let answer = try #require(try lab.ask(Ask(type: .inform, clientAddress: Self.address(50))))
    #expect(answer.type == .acknowledge && answer.address == .unspecified)
    #expect(answer.seconds == nil && answer.router == Self.server)
  }

  @Test func aClientIdentifierTellsClientsApart() throws {
    var lab = try ServerLab(dhcp: Self.pool(100...110))
    let first = try lab.ask(Ask(type: .discover, identifier: [255, 1, 1]))
    let second = try lab.ask(Ask(type: .discover, identifier: [255, 2, 2]))
    let again = try lab.ask(Ask(type: .discover, card: 9, identifier: [255, 1, 1]))
    #expect(first?.address != second?.address)
    #expect(first?.address == again?.address)
  }

  @Test func namesAreLabelsAndTakenOnce() throws {
    var lab = try ServerLab(dhcp: Self.pool(100...110))
    _ = try lab.lend(card: 1, name: Array("Laptop.lan".utf8))
    _ = try lab.lend(card: 2, name: Array("laptop".utf8))
    _ = try lab.lend(card: 3, name: [0x2F, 0xFF, 0x20])
    var names: [[UInt8]] = []
    lab.dhcp.forEachLease { names.append($0.name) }
    #expect(names == [Array("laptop".utf8), [], []])
  }

  @Test func theTableIsBounded() throws {
    var options = Self.pool(100...200)
    options.leaseLimit = 3
    var lab = try ServerLab(dhcp: options)
    for card: UInt8 in 1...3 { #expect(try lab.lend(card: card) != nil) }
    #expect(try lab.lend(card: 4) == nil)
    _ = try lab.ask(
      Ask(type: .release, card: 2, clientAddress: Self.address(101), server: Self.server))
    #expect(try lab.lend(card: 4) != nil)
    #expect(lab.dhcp.leases.count == 3)
  }

  @Test func whatComesByARelayIsCountedAndDropped() throws {
    var lab = try ServerLab(dhcp: Self.pool(100...110))
    #expect(try lab.ask(Ask(type: .discover, relay: Self.address(9))) == nil)
    #expect(lab.dhcp.counters.relayed == 1)
  }

  @Test func chanceBytesNeverTrap() throws {
    var lab = try ServerLab(dhcp: Self.pool(100...110))
    let socket = try lab.client.openUDP(on: Endpoint(.unspecified, port: 1068))
    try lab.addClientAddress()
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      var bytes = (0..<Int.random(in: 0...600, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      if bytes.count >= 243 {
        bytes.replaceSubrange(0..<4, with: [1, 1, 6, 0])
        bytes.replaceSubrange(236..<240, with: [0x63, 0x82, 0x53, 0x63])
        bytes.replaceSubrange(240..<243, with: [53, 1, UInt8.random(in: 1...8)])
      }
      send(
        bytes, to: Endpoint(Self.server, port: 67), on: socket, of: &lab.client, now: lab.now)
      lab.settle()
    }
    #expect(lab.dhcp.leases.count <= 256)
  }
}
