import MartletDevice
import MartletHost
import MartletServices
import MartletStack
import MartletWire
import Testing

@testable import MartletGateway

/// Addresses lent and names answered, by the gateway and by the host's name servers.
@Suite(.timeLimit(.minutes(1))) struct NameTests {
  @Test func aGuestGetsAnAddressAndAName() async throws {
    let lab = try await GatewayLab(hasAddress: false) {
      $0.domain = DomainName(ascii: "home.test".utf8)
      $0.names = [GatewayOptions.Name("web", IPv4Address(10, 99, 0, 80))]
    }
    var options = DHCPv4ClientOptions()
    options.hostName = Array("laptop".utf8)
    let lease = try await lab.guest.configureByDHCP(on: lab.guestInterface, options: options)
    #expect(lease.address == IPv4Prefix(IPv4Address(10, 99, 0, 2), length: 24))
    #expect(lease.nameServers == [GatewayLab.inside.address])
    #expect(try await lab.guest.resolve("laptop.home.test") == [lease.address.address])
    #expect(try await lab.guest.resolve("web.home.test") == [IPv4Address(10, 99, 0, 80)])
    #expect(try await lab.guest.resolve("gateway.home.test") == [GatewayLab.inside.address])
    await #expect(throws: NetworkError.nameNotFound("nobody.home.test")) {
      try await lab.guest.resolve("nobody.home.test")
    }
    #expect(await lab.gateway.leases.map(\.address) == [lease.address.address])
  }

  @Test func otherNamesAreAskedOfTheHostsServers() async throws {
    let kernel = KernelNetwork(loop: try EventLoop())
    // The first says nothing, the second answers.
    let silent = try await kernel.bind(to: Endpoint(.loopback, port: 0))
    let server = try await kernel.bind(to: Endpoint(.loopback, port: 0))
    let lab = try await GatewayLab {
      $0.nameServers = [silent.localEndpoint, server.localEndpoint]
    }
    let serving = Task {
      while let (question, peer) = try? await server.receive() {
        var answer = question
        answer[2] |= 0x80
        answer[7] = 1
        answer += [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 33]
        // A stranger's guess is not believed.
        var forged = answer
        forged[0] ^= 1
        forged[forged.count - 1] = 99
        try? await server.send(forged, to: peer)
        try? await server.send(answer, to: peer)
      }
    }
    await lab.guest.setNameServers([GatewayLab.inside.address])
    #expect(try await lab.guest.resolve("example.com") == [IPv4Address(192, 0, 2, 33)])
    #expect(await lab.gateway.counters.namesAnswered > 0)
    await server.close()
    await serving.value
    await silent.close()
  }

  @Test func withoutAServerTheQuestionFails() async throws {
    let lab = try await GatewayLab()
    await lab.guest.setNameServers([GatewayLab.inside.address])
    await #expect(throws: NetworkError.nameServerFailed("example.com")) {
      try await lab.guest.resolve("example.com")
    }
    #expect(await lab.gateway.counters.namesFailed > 0)
  }

  @Test func theHostsFileIsRead() {
    let text = """
      # nameserver 9.9.9.9
      search example.com
      nameserver 192.0.2.1
      nameserver\tfe80::1
      nameserver 192.0.2.2 trailing
      nameserver 192.0.2.3
      nameserver 192.0.2.4
      """
    #expect(
      ResolverFile.servers(in: text).map(\.address)
        == [IPv4Address(192, 0, 2, 1), IPv4Address(192, 0, 2, 2), IPv4Address(192, 0, 2, 3)])
    #expect(ResolverFile.servers(in: "") == [Endpoint(.loopback, port: 53)])
  }
}
