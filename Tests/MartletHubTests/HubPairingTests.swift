import MartletDWN
import MartletDevice
import MartletHTTP
import MartletHub
import MartletWire
import Testing

/// How the hub pairs with a node by the code that it shows. The node's side is the real one.
@Suite struct HubPairingTests {
  static let advert = """
    {"name":"IRRIGATION_CONTROLLER","id":"g1","auth":"required","cap":["hmac"]}
    """

  static func code(_ first: UInt8) throws -> PairingCode {
    try #require(PairingCode(entropy: Array(first...first + 9)))
  }

  /// A hub that hears a node and is connected to it in plain.
  static func world() throws -> HubEngineTests.World {
    let world = HubEngineTests.World()
    world.hear(advert)
    let link = try #require(world.links(in: world.taken()).first)
    world.engine.connected(link, now: world.now, &world.effects)
    _ = world.taken()
    return world
  }

  static func sent(_ effects: [DeviceEffect], on link: LinkID) -> [UInt8] {
    effects.flatMap { if case .send(link, let bytes) = $0 { bytes } else { [] as [UInt8] } }
  }

  /// The node's answer to what begins a handshake.
  static func answer(_ hello: [UInt8], of node: inout NodeHandshake) throws -> [UInt8] {
    var output = OutputBuffer(capacity: 200)
    try unsafe node.takeHello(
      ByteText(Array(hello.dropFirst(3)).span.bytes), nonce: Nonce(high: 3, low: 4),
      answer: &output)
    return (0..<output.count).map { output.bytes.load(UInt8.self, at: $0) }
  }

  @Test func codeOfTheNodePairsAndItsKeyIsGivenOut() throws {
    let world = try Self.world()
    let code = try Self.code(1)
    let isKnown = world.engine.pair("g1", by: code, now: world.now, &world.effects)
    #expect(isKnown)
    let begun = world.taken()
    let link = try #require(world.links(in: begun).first)
    #expect(begun.contains { if case .close = $0 { true } else { false } })
    world.engine.connected(link, now: world.now, &world.effects)
    let hello = Self.sent(world.taken(), on: link)
    #expect(hello[3] == 5)
    var node = NodeHandshake(key: code.key(for: "g1"), node: "g1", isPairing: true)
    world.say(try Self.answer(hello, of: &node), on: link)
    let effects = world.taken()
    #expect(effects.contains(.paired(device: "g1", key: code.key(for: "g1").bytes)))
    #expect(world.engine.isPaired("g1"))
    _ = try unsafe node.takeProof(
      ByteText(Array(Self.sent(effects, on: link)[3..<36]).span.bytes))
  }

  @Test func anotherCodeIsToldAndChangesNothing() throws {
    let world = try Self.world()
    _ = world.engine.pair("g1", by: try Self.code(1), now: world.now, &world.effects)
    let link = try #require(world.links(in: world.taken()).first)
    world.engine.connected(link, now: world.now, &world.effects)
    var node = NodeHandshake(
      key: try Self.code(2).key(for: "g1"), node: "g1", isPairing: true)
    world.say(try Self.answer(Self.sent(world.taken(), on: link), of: &node), on: link)
    #expect(world.taken().contains(.notPaired(device: "g1", "shows another code than that")))
    #expect(!world.engine.isPaired("g1"))
    // It goes on as before.
    world.wait(.seconds(3))
    #expect(world.links(in: world.taken()).count == 1)
  }

  @Test func closedWindowIsTold() throws {
    let world = try Self.world()
    _ = world.engine.pair("g1", by: try Self.code(1), now: world.now, &world.effects)
    let link = try #require(world.links(in: world.taken()).first)
    world.engine.connected(link, now: world.now, &world.effects)
    world.say([0x01, 0x00, 0x02, 0x04, 0x04], on: link)
    #expect(
      world.taken().contains(
        .notPaired(device: "g1", "has no pairing window open; open one at the node")))
  }

  @Test func unreachableNodeIsTold() throws {
    let world = try Self.world()
    _ = world.engine.pair("g1", by: try Self.code(1), now: world.now, &world.effects)
    let link = try #require(world.links(in: world.taken()).first)
    world.engine.closed(link, now: world.now, &world.effects)
    #expect(world.taken().contains(.notPaired(device: "g1", "could not be reached")))
    let isKnown = world.engine.pair("other", by: try Self.code(1), now: world.now, &world.effects)
    #expect(!isKnown)
  }
}
