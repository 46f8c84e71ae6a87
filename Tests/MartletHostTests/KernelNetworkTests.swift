import MartletWire
import Testing

@testable import MartletHost

@Suite struct KernelNetworkTests {
  @Test(arguments: SocketFact.allCases)
  func behavesAsSocketsDo(_ fact: SocketFact) async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    try await SocketBehaviour(network: KernelNetwork(loop: loop), host: .loopback).check(fact)
  }

  @Test func anAddressOfAnotherHostIsRefused() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    let foreign = Endpoint(IPv4Address(192, 0, 2, 1), port: 80)
    await #expect(throws: NetworkError.addressNotLocal(foreign)) {
      _ = try await KernelNetwork(loop: loop).listen(on: foreign)
    }
  }
}
