import MartletDevice
import MartletStack
import MartletWire
import Testing

@testable import MartletHost

/// What the sockets of our own stack do beyond those of the kernel.
@Suite(.timeLimit(.minutes(1))) struct StackSocketTests {
  @Test func aPingIsAnswered() async throws {
    let pair = try await StackPair()
    defer { pair.loop.stop() }
    for byteCount in [0, 56, 1472, 1473, 20_000] {
      let reply = try await pair.client.ping(StackPair.serverAddress, byteCount: byteCount)
      #expect(reply.source == StackPair.serverAddress)
      #expect(reply.byteCount == byteCount)
      #expect(reply.timeToLive == 64)
    }
    await #expect(throws: NetworkError.timedOut(Endpoint(IPv4Address(10, 0, 0, 9), port: 0))) {
      _ = try await pair.client.ping(IPv4Address(10, 0, 0, 9), timeout: .milliseconds(20))
    }
    await #expect(throws: NetworkError.messageTooLong(limit: 65_507)) {
      _ = try await pair.client.ping(StackPair.serverAddress, byteCount: 65_508)
    }
  }

  @Test func aWriterWaitsForAPeerThatDoesNotRead() async throws {
    let pair = try await StackPair()
    defer { pair.loop.stop() }
    let (client, server, listener) = try await pair.connected()
    let count = 3_000_000
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    let writer = Task {
      try await client.write(bytes)
      try await client.finish()
    }
    await pair.settle { $0.waiting > 0 }
    let queued = try await client.currentStatus().sendQueueCount
    #expect(queued > 0 && queued <= StackPair.configuration.sendBufferLimit)
    let received = try await server.read(count: count + 1)
    #expect(received == bytes)
    try await writer.value
    for connection in [client, server] { await connection.close() }
    await listener.close()
  }

  @Test func aTaskOnTheLoopCallsWithoutALoopRound() async throws {
    let pair = try await StackPair()
    defer { pair.loop.stop() }
    let (client, server, listener) = try await pair.connected()
    let loop = pair.loop
    let isSameRound = try await loop.run { () async throws(NetworkError) in
      let now = loop.now
      for _ in 0..<1000 {
        _ = try await client.currentStatus()
        try await client.write("x")
      }
      return loop.now == now
    }
    #expect(isSameRound)
    #expect(try await server.read(count: 1000).count == 1000)
    for connection in [client, server] { await connection.close() }
    await listener.close()
  }

  @Test func aRelayIsAskedAboutEveryDestination() async throws {
    let pair = try await StackPair(isTunnel: true)
    defer { pair.loop.stop() }
    var options = ListenerOptions()
    options.asksFirst = true
    let relay = try await pair.server.listenToAll(options: options)
    let wanted = Endpoint(IPv4Address(93, 184, 216, 34), port: 443)
    let unwanted = Endpoint(IPv4Address(198, 51, 100, 7), port: 25)
    let refused = Task { try await pair.client.connect(to: unwanted) }
    let first = try await relay.nextRequest()
    let connected = Task { try await pair.client.connect(to: wanted) }
    let second = try await relay.nextRequest()
    #expect(first.destination == unwanted)
    #expect(second.destination == wanted)
    // Answers need not come in order.
    await relay.answer(second, accepting: true)
    let client = try await connected.value
    let accepted = try await relay.accept()
    #expect(accepted.localEndpoint == wanted)
    #expect(accepted.remoteEndpoint == client.localEndpoint)
    await relay.answer(first, accepting: false)
    await #expect(throws: NetworkError.refused(unwanted)) { _ = try await refused.value }
    try await accepted.write("from there")
    #expect(try await client.read(count: 10) == Array("from there".utf8))
    for connection in [client, accepted] { await connection.close() }
    await relay.close()
  }

  @Test func aRelayAnswersDatagramsFromWhereTheyWereSent() async throws {
    let pair = try await StackPair(isTunnel: true)
    defer { pair.loop.stop() }
    let relay = try await pair.server.bindToAll(on: pair.serverInterface)
    let client = try await pair.client.bind(to: Endpoint(.unspecified, port: 0))
    let resolver = Endpoint(IPv4Address(9, 9, 9, 9), port: 53)
    try await client.send([1, 2], to: resolver)
    let datagram = try await relay.withReceivedDatagram { _, datagram in datagram }
    #expect(datagram.destination == resolver)
    #expect(datagram.interface == pair.serverInterface)
    try await Self.send([3], to: datagram.source, from: datagram.destination, on: relay)
    let (bytes, sender) = try await client.receive()
    #expect(bytes == [3])
    #expect(sender == resolver)
  }

  private static func send(
    _ bytes: [UInt8], to peer: Endpoint, from local: Endpoint, on socket: UDPSocket
  ) async throws {
    try await unsafe socket.send(bytes.span.bytes, to: peer, from: local)
  }

  @Test func aGroupIsHeardByItsMembersAlone() async throws {
    let pair = try await StackPair()
    defer { pair.loop.stop() }
    let group = IPv4Address(224, 1, 2, 3)
    let member = try await pair.server.bind(to: Endpoint(.unspecified, port: 5000))
    let sender = try await pair.client.bind(to: Endpoint(.unspecified, port: 0))
    try await sender.send([1], to: Endpoint(group, port: 5000))
    try await sender.send([2], to: Endpoint(StackPair.serverAddress, port: 5000))
    #expect(try await member.receive().bytes == [2])
    try await member.join(group, on: pair.serverInterface)
    try await sender.send([3], to: Endpoint(group, port: 5000))
    #expect(try await member.receive().bytes == [3])
    try await member.leave(group, on: pair.serverInterface)
    await #expect(throws: NetworkError.badState) {
      try await member.leave(group, on: pair.serverInterface)
    }
  }

  @Test func aConnectedSocketHearsThatNobodyListens() async throws {
    let pair = try await StackPair()
    defer { pair.loop.stop() }
    let socket = try await pair.client.bind(to: Endpoint(.unspecified, port: 0))
    let nobody = Endpoint(StackPair.serverAddress, port: 9)
    try await socket.connect(to: nobody)
    try await socket.send([1], to: nobody)
    await #expect(throws: NetworkError.refused(nobody)) { _ = try await socket.receive() }
  }

  @Test func aGatewayOutsideEveryNetworkIsRefused() async throws {
    let pair = try await StackPair()
    defer { pair.loop.stop() }
    let gateway = IPv4Address(192, 168, 1, 1)
    await #expect(throws: NetworkError.stack(.gatewayUnreachable(gateway))) {
      try await pair.client.addGateway(gateway)
    }
  }

  @Test func whatADetachedDeviceCarriedEnds() async throws {
    let pair = try await StackPair()
    defer { pair.loop.stop() }
    let (client, server, listener) = try await pair.connected()
    let reader = Task { try await client.read() }
    await pair.settle { $0.waiting > 0 }
    try await pair.client.detach(pair.clientInterface)
    await #expect(throws: NetworkError.noRoute(listener.localEndpoint)) {
      _ = try await reader.value
    }
    for connection in [client, server] { await connection.close() }
    await listener.close()
  }
}
