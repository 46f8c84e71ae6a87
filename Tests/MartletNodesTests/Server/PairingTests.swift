import MartletDWN
import MartletDevice
import MartletHTTP
import MartletNodes
import MartletStack
import Testing

/// How a node comes to obey a hub, on a network in virtual time.
@Suite struct PairingTests {
  static let code = PairingCode(entropy: Array(UInt8(1)...10))

  static func unpaired() throws -> HomeNetwork { try HomeNetwork { $0.requiresPairing = true } }

  static func key(_ code: PairingCode?) throws -> [UInt8] {
    try #require(code).key(for: "5ccf7f0a1b2c").bytes
  }

  @Test func unpairedNodeThatRequiresPairingOpensForNobody() throws {
    var net = try Self.unpaired()
    #expect(net.server.advert.authentication == .required && !net.server.isPaired)
    let hub = try net.connect()
    net.send("a1", on: hub)
    net.run(for: .seconds(1))
    #expect(net.server.device.mask == 0 && net.server.counters.refusedCommands == 1)
  }

  @Test func codeOfTheOpenWindowMakesTheKey() throws {
    var net = try Self.unpaired()
    net.server.openPairing(try #require(Self.code), until: net.now + .seconds(120))
    let hub = try HubSide(try net.connect(), key: Self.key(Self.code), isPairing: true)
    try hub.open(&net)
    #expect(hub.isProved && net.server.isPaired && net.server.pairingEnd == nil)
    #expect(try net.server.takeNewKey()?.bytes == Self.key(Self.code))
    let again = net.server.takeNewKey()
    #expect(again == nil)
    hub.open(1, seconds: 60, &net)
    #expect(net.server.device.mask == 2)
    // From now on by the key alone, without a window.
    let next = try HubSide(try net.connect(), key: Self.key(Self.code))
    try next.open(&net)
    #expect(next.isProved)
  }

  @Test func withoutAWindowNobodyIsPaired() throws {
    var net = try Self.unpaired()
    let early = try HubSide(try net.connect(), key: Self.key(Self.code), isPairing: true)
    try early.open(&net)
    net.server.openPairing(try #require(Self.code), until: net.now + .seconds(120))
    net.run(for: .seconds(121))
    let late = try HubSide(try net.connect(), key: Self.key(Self.code), isPairing: true)
    try late.open(&net)
    #expect(!early.isProved && !late.isProved && !net.server.isPaired)
  }

  @Test func anotherCodeIsNotBelieved() throws {
    var net = try Self.unpaired()
    net.server.openPairing(try #require(Self.code), until: net.now + .seconds(120))
    let other = try Self.key(PairingCode(entropy: Array(UInt8(2)...11)))
    let hub = try HubSide(try net.connect(), key: other, isPairing: true)
    #expect(throws: SessionError.badTag) { try hub.open(&net) }
    #expect(!net.server.isPaired && net.server.pairingEnd != nil)
  }

  @Test func windowThatClosesDuringTheHandshakePairsNobody() throws {
    var net = try Self.unpaired()
    net.server.openPairing(try #require(Self.code), until: net.now + .seconds(120))
    let hub = try HubSide(try net.connect(), key: Self.key(Self.code), isPairing: true)
    hub.begin(&net)
    net.server.closePairing()
    // The proof is answered by a refusal, which is no sealed frame.
    #expect(throws: SessionError.malformed(.refusal)) { try hub.read(&net) }
    net.run(for: .milliseconds(100))
    #expect(!net.server.isPaired && !net.server.hasProvedHub)
  }

  @Test func presentHubStaysUntilAnotherHasProved() throws {
    var net = try HomeNetwork(NodeServerTests.paired)
    let old = try HubSide(try net.connect(), key: HomeNetwork.keyBytes)
    try old.open(&net)
    net.server.openPairing(try #require(Self.code), until: net.now + .seconds(120))
    old.send(Array("a1".utf8), &net)
    #expect(net.server.device.mask == 1)
    let new = try HubSide(
      try net.connect(from: HomeNetwork.otherAddress), key: Self.key(Self.code), isPairing: true)
    try new.open(&net)
    #expect(new.isProved)
    #expect(try !net.isOpen(old.handle))
    let back = try HubSide(try net.connect(), key: HomeNetwork.keyBytes)
    #expect(throws: SessionError.badTag) { try back.open(&net) }
  }

  @Test func forgottenPairingEndsTheHubsCommand() throws {
    var net = try HomeNetwork {
      NodeServerTests.paired(&$0)
      $0.requiresPairing = true
    }
    let hub = try HubSide(try net.connect(), key: HomeNetwork.keyBytes)
    try hub.open(&net)
    net.server.forgetPairing(on: &net.node, now: net.now)
    net.run(for: .milliseconds(10))
    #expect(!net.server.isPaired && net.server.advert.authentication == .required)
    #expect(try !net.isOpen(hub.handle))
  }
}
