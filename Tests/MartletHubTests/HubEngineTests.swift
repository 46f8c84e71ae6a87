import MartletDWN
import MartletDevice
import MartletHub
import MartletWire
import Testing

/// The engine of devices, in virtual time: what nodes say goes in as bytes.
@Suite struct HubEngineTests {
  static let garden = #"{"name":"IRRIGATION_CONTROLLER","id":"g1","v":1,"cap":["dur","query"]}"#
  static let sender = IPv4Address(10, 0, 0, 5)

  /// An engine, and what it has wanted so far.
  final class World {
    var engine: HubEngine
    var now = Instant(milliseconds: 1000)
    var effects: [DeviceEffect] = []

    init(strangerLimit: Int = 4096) {
      var settings = HubEngine.Settings()
      settings.strangerLimit = strangerLimit
      engine = HubEngine(settings: settings, entropy: Array(0..<32))
    }

    func hear(_ advert: String, from sender: IPv4Address = HubEngineTests.sender) {
      let bytes = Array(advert.utf8)
      engine.heard(unsafe bytes.span.bytes, from: sender, now: now, &effects)
    }

    func say(_ bytes: [UInt8], on link: LinkID) {
      engine.received(bytes, on: link, now: now, &effects)
    }

    func wait(_ interval: Interval) {
      now = now + interval
      engine.poll(now: now, &effects)
    }

    /// What was wanted since it was last asked.
    func taken() -> [DeviceEffect] {
      defer { effects = [] }
      return effects
    }

    /// The garden's controller, connected, with everything closed.
    func connectGarden() throws -> LinkID {
      hear(HubEngineTests.garden)
      let link = try #require(links(in: taken()).first)
      engine.connected(link, now: now, &effects)
      say([0x53, 0], on: link)
      effects = []
      return link
    }

    func links(in effects: [DeviceEffect]) -> [LinkID] {
      effects.compactMap { if case .connect(let link, _) = $0 { link } else { nil } }
    }
  }

  @Test func deviceIsShownByWhatItReported() throws {
    let world = World()
    world.hear(Self.garden)
    let link = try #require(world.links(in: world.taken()).first)
    #expect(world.engine.devices["g1"]?.kind == .irrigation)
    world.engine.connected(link, now: world.now, &world.effects)
    #expect(world.engine.devices["g1"]?.reading(now: world.now) == .nothing)
    // Two messages and a heartbeat in one piece, as the first hub could not read them.
    world.say(Array("yo!\r\n".utf8) + [0x53, 0, 0x52, 2], on: link)
    #expect(world.engine.devices["g1"]?.reading(now: world.now) == .valves(2))
  }

  @Test func silenceIsNeverShownAsClosed() throws {
    let world = World()
    let link = try world.connectGarden()
    world.wait(.seconds(16))
    #expect(world.engine.devices["g1"]?.reading(now: world.now) == .nothing)
    #expect(world.taken().contains(.close(link)))
  }

  @Test func runIsSavedBeforeItsValveOpens() throws {
    let world = World()
    let link = try world.connectGarden()
    let sequence = try WateringSequence(parsing: "b90")
    #expect(world.engine.begin(sequence, run: 7, on: "g1", now: world.now, &world.effects))
    let effects = world.taken()
    let save = effects.firstIndex { if case .save("g1", 7, _, false) = $0 { true } else { false } }
    // Two minutes are the fewest whole ones that hold ninety seconds.
    let open = effects.firstIndex(of: .send(link, [0x62, 0x82]))
    #expect(try #require(save) < #require(open))
  }

  @Test func stopGoesOutBeforeAnythingElse() throws {
    let world = World()
    let link = try world.connectGarden()
    _ = world.engine.begin(
      try WateringSequence(parsing: "a60"), run: 1, on: "g1", now: world.now, &world.effects)
    world.say([0x52, 1], on: link)
    world.effects = []
    world.engine.stop(now: world.now, &world.effects)
    #expect(world.taken().first == .send(link, [0x60, 0x30]))
    #expect(world.engine.devices["g1"]?.closing != nil)
    world.wait(.seconds(4))
    #expect(world.taken().contains(.event(device: "g1", .doesNotClose)))
    world.say([0x52, 0], on: link)
    #expect(world.engine.devices["g1"]?.closing == nil)
    #expect(world.taken().contains(.finished(device: "g1", run: 1, .stopped)))
  }

  @Test func advertDisplacesNoLiveConnection() throws {
    let world = World()
    _ = try world.connectGarden()
    world.hear(Self.garden, from: IPv4Address(10, 0, 0, 66))
    #expect(world.engine.devices["g1"]?.address.address == Self.sender)
    #expect(world.engine.devices["g1"]?.hasRival(now: world.now) == true)
    #expect(world.links(in: world.taken()).isEmpty)
    #expect(world.engine.counters.rivals == 1)
    // Once the first is silent, the other is believed to be where it is now.
    world.wait(.seconds(16))
    world.hear(Self.garden, from: IPv4Address(10, 0, 0, 66))
    world.wait(.seconds(2))
    world.hear(Self.garden, from: IPv4Address(10, 0, 0, 66))
    #expect(!world.links(in: world.taken()).isEmpty)
  }

  @Test func strangersAreBounded() throws {
    let world = World(strangerLimit: 8)
    _ = try world.connectGarden()
    for number in 0..<100 {
      world.now = world.now + .milliseconds(1)
      world.hear(#"{"name":"X","id":"s\#(number)"}"#)
    }
    #expect(world.engine.devices.count == 9)
    #expect(world.engine.devices["g1"] != nil)
    #expect(world.engine.counters.forgotten == 92)
  }

  @Test func nodeThatIsNotReachedIsAskedLessAndLess() throws {
    let world = World()
    var attempts: [Instant] = []
    while world.now < Instant(milliseconds: 300_000) {
      world.hear(Self.garden)
      world.wait(.milliseconds(500))
      for link in world.links(in: world.taken()) {
        attempts.append(world.now)
        world.engine.closed(link, now: world.now, &world.effects)
      }
    }
    let pauses = zip(attempts.dropFirst(), attempts).map { $0 - $1 }
    #expect(pauses.count < 12)
    #expect(pauses.allSatisfy { $0 <= .seconds(61) })
    #expect(pauses == pauses.sorted())
  }

  @Test func nonsenseEndsTheConnectionAndIsCounted() throws {
    let world = World()
    let link = try world.connectGarden()
    world.say(Array("HTTP/1.1 400\r\n".utf8), on: link)
    #expect(world.taken().contains(.close(link)))
    #expect(world.engine.devices["g1"]?.faultCount == 1)
  }

  @Test func unknownDeviceIsShownAsItSpeaks() throws {
    let world = World()
    world.hear(#"{"name":"TOASTER","id":"t1"}"#)
    let link = try #require(world.links(in: world.taken()).first)
    world.engine.connected(link, now: world.now, &world.effects)
    world.say(Array(#"{"slots":2}"#.utf8), on: link)
    #expect(world.engine.devices["t1"]?.kind == .unknown)
    #expect(world.engine.devices["t1"]?.reading(now: world.now) == .raw(#"{"slots":2}"#))
  }
}
