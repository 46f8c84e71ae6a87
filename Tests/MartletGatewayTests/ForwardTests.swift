import MartletDevice
import MartletHost
import MartletStack
import MartletWire
import Testing

@testable import MartletGateway

/// Ports of the host that lead to a guest's.
@Suite(.timeLimit(.minutes(1))) struct ForwardTests {
  @Test func aConnectionReachesTheGuest() async throws {
    let lab = try await GatewayLab()
    let listener = try await lab.guest.listen(on: Endpoint(GatewayLab.guestAddress, port: 80))
    let local = try await lab.gateway.forward(GatewayForward(to: listener.localEndpoint))
    #expect(local.address == .loopback)
    let outside = try await lab.kernel.connect(to: local)
    let inside = try await listener.accept()
    try await outside.write([1, 2, 3])
    try await outside.finish()
    #expect(try await inside.readAll() == [1, 2, 3])
    try await inside.write([4])
    try await inside.finish()
    #expect(try await outside.readAll() == [4])
    await lab.gateway.close()
    await #expect(throws: NetworkError.refused(local)) { try await lab.kernel.connect(to: local) }
  }

  @Test func datagramsOfSeveralPeersFindTheirWayBack() async throws {
    let lab = try await GatewayLab()
    let server = try await lab.guest.bind(to: Endpoint(GatewayLab.guestAddress, port: 53))
    let local = try await lab.gateway.forward(GatewayForward(.udp, to: server.localEndpoint))
    var peers: [(KernelDatagramSocket, UInt8)] = []
    for number: UInt8 in 1...3 {
      let socket = try await lab.kernel.bind(to: Endpoint(.loopback, port: 0))
      try await socket.send([number], to: local)
      peers.append((socket, number))
    }
    for _ in 1...3 {
      let (bytes, peer) = try await server.receive()
      #expect(peer.address == GatewayLab.inside.address)
      try await server.send(bytes + bytes, to: peer)
    }
    for (socket, number) in peers {
      let (bytes, sender) = try await socket.receive()
      #expect(bytes == [number, number] && sender == local)
    }
  }

  @Test func peersAreBounded() async throws {
    let lab = try await GatewayLab { $0.limits.forwardedPeers = 1 }
    let server = try await lab.guest.bind(to: Endpoint(GatewayLab.guestAddress, port: 53))
    let local = try await lab.gateway.forward(GatewayForward(.udp, to: server.localEndpoint))
    for _ in 1...2 {
      let socket = try await lab.kernel.bind(to: Endpoint(.loopback, port: 0))
      try await socket.send([1], to: local)
    }
    while await lab.gateway.counters[.limit] == 0 { await lab.loop.sleep(for: .milliseconds(2)) }
  }

  @Test func aPortThatIsTakenIsSaid() async throws {
    let lab = try await GatewayLab()
    let taken = try await lab.kernel.bind(to: Endpoint(.loopback, port: 0))
    let forward = GatewayForward(
      .udp, local: taken.localEndpoint, to: Endpoint(GatewayLab.guestAddress, port: 53))
    await #expect(throws: NetworkError.addressInUse(taken.localEndpoint)) {
      try await lab.gateway.forward(forward)
    }
  }
}
