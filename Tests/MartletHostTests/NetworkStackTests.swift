import MartletDevice
import MartletStack
import MartletWire
import Testing

@testable import MartletHost

@Suite struct NetworkStackTests {
  /// A stack that talks to itself.
  static func loopback(on loop: EventLoop) async throws -> NetworkStack {
    let network = NetworkStack(loop: loop)
    let device = try await network.attach(LoopbackDevice())
    try await network.addAddress(IPv4Prefix(.loopback, length: 8), on: device.interface)
    return network
  }

  @Test(arguments: SocketFact.allCases)
  func behavesAsSocketsDo(_ fact: SocketFact) async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    let network = try await Self.loopback(on: loop)
    try await SocketBehaviour(network: network, host: .loopback).check(fact)
  }

  @Test func anAddressOfAnotherHostIsRefused() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    let network = try await Self.loopback(on: loop)
    let foreign = Endpoint(IPv4Address(192, 0, 2, 1), port: 80)
    await #expect(throws: NetworkError.addressNotLocal(foreign)) {
      _ = try await network.listen(on: foreign)
    }
    await #expect(throws: NetworkError.noRoute(foreign)) {
      _ = try await network.connect(to: foreign)
    }
  }
}
