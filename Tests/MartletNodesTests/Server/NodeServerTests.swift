import MartletDWN
import MartletDevice
import MartletHTTP
import MartletNodes
import MartletStack
import MartletWire
import Testing

/// An irrigation node on a network: how it is found, whom it obeys, what it tells.
@Suite struct NodeServerTests {
  static func paired(_ settings: inout NodeSettings) {
    settings.key = PairingKey(HomeNetwork.keyBytes)
  }

  static let closeAll = "`0"

  // MARK: Found

  @Test func nodeSaysWhoItIsEveryFiveSeconds() throws {
    var net = try HomeNetwork(Self.paired)
    let socket = try net.host.openUDP(on: Endpoint(.unspecified, port: 242))
    try net.host.join(DWN.group, on: net.hostInterface, with: socket)
    var times: [Instant] = []
    try net.run(for: .seconds(120)) { net in
      while let (advert, datagram) = try Self.advert(socket, &net) {
        #expect(datagram.timeToLive == 1 && datagram.source.address == HomeNetwork.nodeAddress)
        #expect(advert.name == "IRRIGATION_CONTROLLER" && advert.id == "5ccf7f0a1b2c")
        #expect(advert.version == 1 && advert.authentication == .required)
        #expect(advert.capabilities == [.duration, .query, .keepAlive, .authentication])
        #expect(advert.uptime == UInt32((net.now - HomeNetwork.start).microseconds / 1_000_000))
        times.append(net.now)
      }
      return true
    }
    #expect((22...27).contains(times.count))
    var gaps: Set<Int64> = []
    for (one, next) in zip(times, times.dropFirst()) {
      let gap = (next - one).microseconds
      #expect((4_500_000...5_500_000).contains(gap))
      gaps.insert(gap)
    }
    #expect(gaps.count > 10)
  }

  static func advert(
    _ socket: UDPHandle, _ net: inout HomeNetwork
  ) throws -> (Advert, ReceivedDatagram)? {
    var buffer = [UInt8](repeating: 0, count: 2000)
    var span = buffer.mutableSpan
    var bytes = unsafe span.mutableBytes
    guard let datagram = try net.host.receive(from: socket, into: &bytes) else { return nil }
    let text = unsafe ByteText(buffer.span.extracting(0..<datagram.length).bytes)
    return (try Advert(parsing: text), datagram)
  }

  @Test func nodeSaysGoodbye() throws {
    var net = try HomeNetwork()
    let socket = try net.host.openUDP(on: Endpoint(.unspecified, port: 242))
    try net.host.join(DWN.group, on: net.hostInterface, with: socket)
    net.run(for: .seconds(1))
    _ = try Self.advert(socket, &net)
    net.server.end(on: &net.node, now: net.now)
    net.run(for: .milliseconds(10))
    #expect(try Self.advert(socket, &net)?.0.isLeaving == true)
  }

  @Test func anotherOfTheSameNameIsCounted() throws {
    var net = try HomeNetwork()
    let socket = try net.host.openUDP()
    for id in ["5ccf7f0a1b2c", "another"] {
      let advert = Array(#"{"name":"X","id":"\#(id)"}"#.utf8)
      try unsafe net.host.send(
        advert.span.bytes, to: Endpoint(DWN.group, port: 242), on: socket, now: net.now)
      net.run(for: .milliseconds(10))
    }
    #expect(net.server.counters.rivals == 1)
  }

  // MARK: The first hub

  @Test(arguments: 1...2) func firstHubKeepsTheNodeForAnHour(seed: UInt64) throws {
    var net = try HomeNetwork()
    var hub = try FirstHub(on: &net, seed: seed)
    var chance = SplitMix64(seed: seed)
    var nextCommand = net.now + .seconds(10)
    try net.run(for: .seconds(3600), step: .milliseconds(20)) { net in
      try hub.turn(&net)
      if net.now >= nextCommand {
        // Now and then several at once.
        for _ in 0..<[1, 1, 1, 4][Int.random(in: 0..<4, using: &chance)] {
          let letter = UInt8.random(in: 0x60...0x64, using: &chance)
          hub.command(letter, letter == 0x60 ? 0x30 : 0x31, &net)
        }
        nextCommand = net.now + .milliseconds(Int64.random(in: 1...8000, using: &chance))
      }
      return true
    }
    try net.run(for: .seconds(1), step: .milliseconds(20)) { net in
      try hub.turn(&net)
      return true
    }
    #expect(hub.connects == 1 && hub.closes == 0)
    #expect(hub.heartbeats >= 715)
    #expect(hub.adverts >= 650)
    #expect(hub.reports > 500)
    #expect(hub.mask == Int(net.server.device.mask))
    #expect(net.board.faults.isEmpty && net.board.activations > 200)
  }

  // MARK: Plain commands

  @Test func statusComesFirstAndChangesFollow() throws {
    var net = try HomeNetwork()
    let hub = try net.connect()
    #expect(try net.read(hub) == [0x53, 0])
    net.send("b1", on: hub)
    #expect(net.board.active == [13])
    net.run(for: .milliseconds(100))
    #expect(try net.read(hub) == [0x52, 2])
    net.send("??", on: hub)
    net.run(for: .milliseconds(100))
    #expect(try net.read(hub) == [0x53, 2])
    net.send("`0", on: hub)
    #expect(net.board.active.isEmpty)
  }

  @Test func commandsMayBeCutAndJoined() throws {
    var net = try HomeNetwork()
    let hub = try net.connect()
    net.send("a", on: hub)
    net.run(for: .milliseconds(1900))
    net.send("1", on: hub)
    #expect(net.board.active == [12])
    net.send("`0b1c1d1", on: hub)
    net.run(for: .milliseconds(100))
    #expect(net.board.active == [16])
  }

  @Test func halfACommandIsForgotten() throws {
    var net = try HomeNetwork()
    let hub = try net.connect()
    net.send("a", on: hub)
    net.run(for: .milliseconds(2100))
    net.send("1", on: hub)
    // What would have been the rest begins no message.
    #expect(net.board.active.isEmpty)
    #expect(try !net.isOpen(hub))
    #expect(net.server.counters.halfCommands == 1)
  }

  @Test func durationIsKeptByTheNodeAlone() throws {
    var net = try HomeNetwork()
    let hub = try net.connect()
    net.send([0x63, 0x82], on: hub)
    net.isConnected = false
    net.run(for: .seconds(119))
    #expect(net.board.active == [14])
    net.run(for: .seconds(2))
    #expect(net.board.active.isEmpty)
  }

  @Test func whatIsNoMessageClosesTheConnection() throws {
    var net = try HomeNetwork()
    for bytes in ["GET /a1 HTTP/1.1\r\n\r\na1", "\u{7F}a1", "{\"a1\":", "\u{1}\u{0}\u{0}a1"] {
      let hub = try net.connect()
      net.send(bytes, on: hub)
      net.run(for: .seconds(1))
      #expect(net.board.activations == 0)
      net.host.close(hub, now: net.now)
      net.run(for: .seconds(1))
    }
    #expect(net.server.counters.protocolErrors == 3)
  }

  // MARK: Several hubs

  @Test func secondHubIsSentAwayButMayStopWater() throws {
    var net = try HomeNetwork()
    let first = try net.connect()
    net.send("a1", on: first)
    let second = try net.connect(from: HomeNetwork.otherAddress)
    #expect(try net.read(second) == [])
    net.send(Self.closeAll, on: second)
    #expect(net.board.active.isEmpty)
    net.send("b1", on: second)
    #expect(net.board.active.isEmpty)
    #expect(try !net.isOpen(second) && net.isOpen(first))
    net.send("c1", on: first)
    net.run(for: .milliseconds(50))
    #expect(net.board.active == [14])
  }

  @Test func hubThatBeganAnewTakesOver() throws {
    var net = try HomeNetwork()
    let first = try net.connect()
    let second = try net.connect()
    #expect(try net.read(second) == [0x53, 0])
    #expect(try !net.isOpen(first))
    net.send("a1", on: second)
    #expect(net.board.active == [12])
  }

  @Test func idleStrangersDoNotKeepTheHubOut() throws {
    var net = try HomeNetwork()
    let first = try net.connect(from: HomeNetwork.otherAddress)
    var others: [TCPHandle] = []
    for _ in 0..<20 { others.append(try net.connect()) }
    net.host.close(first, now: net.now)
    net.run(for: .seconds(1))
    // One that waited is the hub now, and a later one of its address takes over.
    let last = try net.connect()
    net.send("a1", on: last)
    #expect(net.board.active == [12])
  }

  @Test func silentHubThatPromisedToSpeakIsLeft() throws {
    var net = try HomeNetwork()
    let hub = try net.connect()
    net.run(for: .seconds(60))
    #expect(try net.isOpen(hub))
    net.send("yo", on: hub)
    net.run(for: .seconds(19))
    #expect(try net.isOpen(hub))
    net.send("yo", on: hub)
    net.run(for: .seconds(21))
    #expect(try !net.isOpen(hub))
    #expect(!net.server.hasHub && net.server.counters.silentHubs == 1)
  }

  @Test func hubBehindACutCableIsLeftAndTheNodeFoundAgain() throws {
    var net = try HomeNetwork()
    let hub = try net.connect()
    net.isConnected = false
    net.run(for: .seconds(40))
    let hasHub = net.server.hasHub
    #expect(!hasHub)
    net.isConnected = true
    net.host.abort(hub, now: net.now)
    let socket = try net.host.openUDP(on: Endpoint(.unspecified, port: 242))
    try net.host.join(DWN.group, on: net.hostInterface, with: socket)
    net.server.linkReturned(on: &net.node, now: net.now)
    net.run(for: .milliseconds(100))
    #expect(try Self.advert(socket, &net)?.0.id == "5ccf7f0a1b2c")
    let again = try net.connect()
    #expect(try net.read(again) == [0x53, 0])
  }

  // MARK: Proof

  /// A proved session on a connection.
  static func prove(
    _ handle: TCPHandle, _ net: inout HomeNetwork, key: [UInt8] = HomeNetwork.keyBytes
  ) throws -> HubSide? {
    let hub = try HubSide(handle, key: key)
    try hub.open(&net)
    return hub.isProved ? hub : nil
  }

  @Test func strangerMayStopWaterAndNotStartIt() throws {
    var net = try HomeNetwork(Self.paired)
    let stranger = try net.connect()
    net.send("a1", on: stranger)
    net.send([0x61, 0x81], on: stranger)
    #expect(net.board.activations == 0 && net.server.counters.refusedCommands == 2)
    let handle = try net.connect(from: HomeNetwork.otherAddress)
    let hub = try #require(try Self.prove(handle, &net))
    #expect(try net.server.hasProvedHub && !net.isOpen(stranger))
    hub.open(1, seconds: 90, &net)
    #expect(net.board.active == [13])
    let again = try net.connect()
    net.send(Self.closeAll, on: again)
    #expect(net.board.active.isEmpty)
    net.send("a1", on: again)
    #expect(try net.board.active.isEmpty && !net.isOpen(again))
    let isProved = net.server.hasProvedHub
    #expect(isProved)
  }

  @Test func provedHubCommandsAndIsToldEverything() throws {
    var net = try HomeNetwork(Self.paired)
    let handle = try net.connect()
    let hub = try #require(try Self.prove(handle, &net))
    #expect(hub.messages == ["S0"])
    hub.open(1, seconds: 90, &net)
    hub.send(Array("??".utf8), &net)
    net.run(for: .milliseconds(200))
    try hub.read(&net)
    #expect(hub.messages == ["S0", "R2", "S2"])
    net.run(for: .seconds(12)) { net in
      hub.send(Array("yo".utf8), &net)
      return true
    }
    try hub.read(&net)
    #expect(hub.messages.filter { $0 == "yo" }.count == 2)
    net.run(for: .seconds(80)) { net in
      hub.send(Array("yo".utf8), &net)
      return true
    }
    try hub.read(&net)
    #expect(hub.messages.contains("R0"))
    #expect(hub.messages.contains(#"{"ev":"cutoff","valve":2,"why":"duration","on_ms":90000}"#))
    #expect(net.board.active.isEmpty)
    // Plain bytes on a proved connection open nothing.
    net.send("a1", on: handle)
    #expect(net.board.active.isEmpty)
  }

  @Test func wrongKeyIsNotBelievedAndNothingIsOpened() throws {
    var net = try HomeNetwork(Self.paired)
    let handle = try net.connect()
    #expect(throws: SessionError.badTag) {
      _ = try Self.prove(handle, &net, key: Array(UInt8(1)...32))
    }
    var unpaired = try HomeNetwork()
    let other = try unpaired.connect()
    #expect(try Self.prove(other, &unpaired) == nil)
    #expect(try !unpaired.isOpen(other))
  }

  @Test func replayedFrameClosesTheConnection() throws {
    var net = try HomeNetwork(Self.paired)
    let handle = try net.connect()
    let hub = try #require(try Self.prove(handle, &net))
    hub.open(0, seconds: 60, &net)
    let frame = hub.lastFrame
    hub.send(Array(Self.closeAll.utf8), &net)
    #expect(net.board.active.isEmpty)
    net.send(frame, on: handle)
    net.run(for: .milliseconds(100))
    #expect(try net.board.active.isEmpty && !net.isOpen(handle))
    #expect(net.server.counters.badFrames == 1)
  }

  @Test func allIsClosedAlsoInTheMiddleOfAHandshake() throws {
    var net = try HomeNetwork(Self.paired)
    let handle = try net.connect(from: HomeNetwork.otherAddress)
    let hub = try #require(try Self.prove(handle, &net))
    hub.open(2, seconds: 60, &net)
    let second = try net.connect()
    let half = try HubSide(second, key: HomeNetwork.keyBytes)
    half.begin(&net)
    net.send(Self.closeAll, on: second)
    #expect(net.board.active.isEmpty)
  }

  /// P6: whatever a stranger sends, nothing opens.
  @Test func randomBytesOpenNothing() throws {
    var net = try HomeNetwork(Self.paired)
    var chance = SplitMix64(seed: 77)
    let alphabet = Array("ab1`0yo?{}\"\\\u{1}\u{0}\u{2}\u{3}\u{10}\u{11}\r\n".utf8)
    for round in 0..<300 {
      let address = round % 2 == 0 ? HomeNetwork.hostAddress : HomeNetwork.otherAddress
      let handle = try net.connect(from: address)
      for _ in 0..<5 {
        let length = Int.random(in: 1...300, using: &chance)
        net.send(
          (0..<length).map { _ in
            round % 3 == 0
              ? UInt8.random(in: 0...255, using: &chance)
              : alphabet[Int.random(in: alphabet.indices, using: &chance)]
          }, on: handle)
      }
      net.host.abort(handle, now: net.now)
      net.run(for: .milliseconds(10))
    }
    #expect(net.board.activations == 0)
    #expect(net.server.counters.protocolErrors + net.server.counters.badFrames > 100)
    #expect(net.server.counters.refusedCommands > 100)
  }
}
