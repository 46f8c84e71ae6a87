import MartletWire
import Testing

@testable import MartletHost

/// Two connections that are joined.
@Suite struct RelayTests {
  /// Two ends of one connection through the kernel.
  private static func pair(
    _ network: KernelNetwork
  ) async throws -> (KernelConnection, KernelConnection) {
    let listener = try await network.listen(on: Endpoint(.loopback, port: 0))
    async let accepted = listener.accept()
    let connected = try await network.connect(to: listener.localEndpoint)
    return (connected, try await accepted)
  }

  /// Calls `body` with the outer ends of two joined connections.
  private static func joined(
    beginning: [UInt8] = [],
    _ body: (KernelConnection, KernelConnection) async throws -> Void
  ) async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    let network = KernelNetwork(loop: loop)
    let (left, innerLeft) = try await pair(network)
    let (innerRight, right) = try await pair(network)
    let relay = Task { await Relay(innerLeft, innerRight).run(beginning: beginning) }
    try await body(left, right)
    await relay.value
    await left.close()
    await right.close()
  }

  @Test func bytesGoBothWaysAndEachEndsAlone() async throws {
    try await Self.joined(beginning: Array("first ".utf8)) { left, right in
      try await left.write("there")
      try await left.finish()
      #expect(try await right.read(count: 100) == Array("first there".utf8))
      try await right.write("back")
      try await right.finish()
      #expect(try await left.read(count: 100) == Array("back".utf8))
    }
  }

  @Test func resetIsPassedOn() async throws {
    try await Self.joined { left, right in
      try await left.write("x")
      #expect(try await right.read(count: 1) == Array("x".utf8))
      await left.abort()
      await #expect(throws: NetworkError.self) {
        _ = try await right.read()
      }
    }
  }
}
