import MartletDevice
import MartletHost
import MartletStack
import MartletWire
import Testing

@testable import MartletGateway

/// Guests' UDP conversations and pings.
@Suite(.timeLimit(.minutes(1))) struct DatagramTests {
  @Test func datagramsGoAndComeBack() async throws {
    let lab = try await GatewayLab()
    let server = try await lab.kernel.bind(to: Endpoint(.loopback, port: 0))
    let place = lab.outside(server.localEndpoint)
    let socket = try await lab.guest.bind(to: Endpoint(.unspecified, port: 0))
    for length in [0, 1, 1400, 9000, 60_000] {
      let bytes = pattern(length)
      try await socket.send(bytes, to: place)
      let (received, peer) = try await server.receive()
      #expect(received == bytes)
      try await server.send(received, to: peer)
      let (answer, source) = try await socket.receive()
      #expect(answer == bytes && source == place)
    }
    #expect(await lab.gateway.counters.datagramFlows == 1)
    #expect(await lab.gateway.flows.first?.outOctets == 70_401)
  }

  @Test func nobodyThereIsSaid() async throws {
    let lab = try await GatewayLab()
    let server = try await lab.kernel.bind(to: Endpoint(.loopback, port: 0))
    let place = lab.outside(server.localEndpoint)
    await server.close()
    let reason = try await Self.error(of: lab, sendingTo: place)
    #expect(reason == .portUnreachable)
  }

  @Test func aForbiddenDestinationIsSaid() async throws {
    let lab = try await GatewayLab()
    let reason = try await Self.error(
      of: lab, sendingTo: Endpoint(IPv4Address(169, 254, 1, 1), port: 9))
    #expect(reason == .prohibited)
    #expect(await lab.gateway.counters[.linkLocal] > 0)
  }

  /// What a guest hears of datagrams to `place`.
  private static func error(
    of lab: GatewayLab, sendingTo place: Endpoint
  ) async throws -> EndReason? {
    let handle = try await lab.guest.withStack { stack, _ throws(StackError) in
      let handle = try stack.openUDP()
      try stack.connect(handle, to: place)
      return handle
    }
    while true {
      let error = try await lab.guest.withStack { stack, now throws(StackError) in
        let byte: [UInt8] = [1]
        try unsafe stack.send(byte.span.bytes, on: handle, now: now)
        return try stack.takeError(of: handle)
      }
      if let error { return error }
      await lab.loop.sleep(for: .milliseconds(5))
    }
  }

  @Test func oneGuestHasNoMoreThanItMay() async throws {
    let lab = try await GatewayLab { $0.limits.datagramFlowsEach = 3 }
    let socket = try await lab.guest.bind(to: Endpoint(.unspecified, port: 0))
    for port: UInt16 in 40_000..<40_010 {
      try await socket.send([1], to: Endpoint(GatewayLab.inside.address, port: port))
    }
    while await lab.gateway.counters[.guestLimit] < 7 {
      await lab.loop.sleep(for: .milliseconds(2))
    }
    #expect(await lab.gateway.flows.count == 3)
  }

  @Test func anIdleConversationEnds() async throws {
    let lab = try await GatewayLab { $0.limits.unansweredIdleTime = .milliseconds(1) }
    let socket = try await lab.guest.bind(to: Endpoint(.unspecified, port: 0))
    try await socket.send([1], to: Endpoint(IPv4Address(192, 0, 2, 1), port: 9))
    while await lab.gateway.counters.datagramFlows == 0 {
      await lab.loop.sleep(for: .milliseconds(2))
    }
    while await !lab.gateway.flows.isEmpty { await lab.loop.sleep(for: .milliseconds(20)) }
  }

  @Test func theGatewayAnswersPingsItself() async throws {
    let lab = try await GatewayLab()
    let reply = try await lab.guest.ping(GatewayLab.inside.address)
    #expect(reply.source == GatewayLab.inside.address)
    #expect(await lab.gateway.counters.echoFlows == 0)
  }
}
