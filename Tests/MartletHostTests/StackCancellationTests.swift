import MartletDevice
import MartletStack
import MartletWire
import Testing

@testable import MartletHost

/// What a cancelled operation leaves behind: nothing.
@Suite(.timeLimit(.minutes(1))) struct StackCancellationTests {
  /// Nobody has it.
  static let silent = Endpoint(IPv4Address(10, 0, 0, 9), port: 80)

  /// Begins `operation`, cancels it once one more task waits, and checks how it ended.
  static func cancel(
    on pair: StackPair, _ operation: @escaping @Sendable () async throws -> Void
  ) async {
    let before = await pair.holdings().waiting
    let task = Task { try await operation() }
    await pair.settle { $0.waiting > before }
    task.cancel()
    await #expect(throws: NetworkError.cancelled) { try await task.value }
  }

  @Test func connect() async throws {
    let pair = try await StackPair()
    defer { pair.loop.stop() }
    // More often than there are places for connections.
    for _ in 0..<20 {
      await Self.cancel(on: pair) { _ = try await pair.client.connect(to: Self.silent) }
    }
    #expect(await pair.holdings() == StackPair.Holdings())
  }

  @Test func accept() async throws {
    let pair = try await StackPair()
    defer { pair.loop.stop() }
    let listener = try await pair.server.listen(on: Endpoint(.unspecified, port: 80))
    for _ in 0..<20 { await Self.cancel(on: pair) { _ = try await listener.accept() } }
    #expect(await pair.holdings() == StackPair.Holdings(open: 1))
    await listener.close()
    #expect(await pair.holdings() == StackPair.Holdings())
  }

  @Test func readAndWrite() async throws {
    let pair = try await StackPair()
    defer { pair.loop.stop() }
    let (client, server, listener) = try await pair.connected()
    for _ in 0..<20 { await Self.cancel(on: pair) { _ = try await server.read() } }
    await pair.settle { $0.packets == 0 }
    #expect(await pair.holdings() == StackPair.Holdings(open: 3))
    // More than both sides hold, to a peer that does not read.
    let bytes = [UInt8](repeating: 1, count: 8_000_000)
    await Self.cancel(on: pair) { try await client.write(bytes) }
    #expect(await pair.holdings().blocks > 0)
    await client.abort()
    await server.abort()
    await listener.close()
    await pair.settle { $0 == StackPair.Holdings() }
  }

  @Test func datagrams() async throws {
    let pair = try await StackPair()
    defer { pair.loop.stop() }
    let socket = try await pair.client.bind(to: Endpoint(.unspecified, port: 0))
    for _ in 0..<20 { await Self.cancel(on: pair) { _ = try await socket.receive() } }
    await socket.close()
    await pair.settle { $0 == StackPair.Holdings() }
  }

  @Test func aDatagramThatFindsNoRoom() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    var configuration = StackPair.configuration
    configuration.interfaceQueueLimit = 4
    let network = NetworkStack(loop: loop, configuration: configuration)
    // Nobody takes packets out of it.
    let device = try await network.attach(
      QueueDevice(maximumTransmissionUnit: 1500, frameCount: 2))
    try await network.addAddress(
      IPv4Prefix(StackPair.clientAddress, length: 24), on: device.interface)
    let socket = try await network.bind(to: Endpoint(.unspecified, port: 0))
    let peer = Endpoint(StackPair.serverAddress, port: 9)
    let sender = Task {
      for number in 0..<100 { try await socket.send([UInt8(number)], to: peer) }
    }
    while await loop.run({ network.driver.socketCount.waiting }) == 0 { await Task.yield() }
    sender.cancel()
    await #expect(throws: NetworkError.cancelled) { try await sender.value }
    #expect(await loop.run { network.driver.socketCount.waiting } == 0)
    // Taken out, there is room again, and whoever waits hears of it.
    let second = Task {
      for number in 0..<100 { try await socket.send([UInt8(number)], to: peer) }
    }
    var count = 0
    while count < 100 {
      count += await loop.run {
        device.withDevice { $0.remove(budget: 10) { _, _ in } }
      }
    }
    try await second.value
    await socket.close()
  }

  @Test func ping() async throws {
    let pair = try await StackPair()
    defer { pair.loop.stop() }
    for _ in 0..<20 {
      await Self.cancel(on: pair) { _ = try await pair.client.ping(Self.silent.address) }
    }
    let holdings = await pair.holdings()
    #expect(holdings.open == 0 && holdings.waiting == 0 && holdings.timers == 0)
  }

  @Test func theTimersOfCancelledSleepsAreForgotten() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    let sleepers = (1...100).map { number in
      Task { await loop.sleep(for: .seconds(1000 + Int64(number * 37 % 100))) }
    }
    while await loop.run({ loop.timerCount }) < 100 { await Task.yield() }
    for sleeper in sleepers { sleeper.cancel() }
    for sleeper in sleepers { await sleeper.value }
    while await loop.run({ loop.timerCount }) > 0 { await Task.yield() }
  }

  @Test func aConnectionLetGoOfIsAborted() async throws {
    let pair = try await StackPair()
    defer { pair.loop.stop() }
    var (client, server, listener): (TCPConnection?, TCPConnection, TCPListener) =
      try await pair.connected()
    let peer = server.remoteEndpoint
    #expect(client?.localEndpoint == peer)
    client = nil
    await #expect(throws: NetworkError.reset(peer)) { _ = try await server.read() }
    await server.close()
    await listener.close()
    await pair.settle { $0 == StackPair.Holdings() }
  }

  @Test func aStackLetGoOfLeavesItsLoop() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    var network: NetworkStack? = NetworkStack(loop: loop, configuration: StackPair.configuration)
    let segment = SharedSegment(portCount: 1)
    _ = try await network?.attach(segment.makePort())
    weak let driver = network?.driver
    #expect(driver != nil)
    network = nil
    while driver != nil { await Task.yield() }
    // Its port is free again.
    _ = try segment.makePort()
  }
}
