import MartletDevice
import MartletHost
import MartletStack
import MartletWire
import Testing

@testable import MartletGateway

/// Guests' TCP connections, carried by the host's kernel.
@Suite(.timeLimit(.minutes(2))) struct TCPTests {
  @Test func bytesArriveWholeBothWays() async throws {
    let lab = try await GatewayLab()
    let (guest, host) = try await lab.connected()
    let (there, back) = (pattern(3_000_000), pattern(3_000_000, 7))
    async let received = host.readAll()
    async let answered = guest.readAll()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await guest.write(there)
        try await guest.finish()
      }
      group.addTask {
        try await host.write(back)
        try await host.finish()
      }
      try await group.waitForAll()
    }
    let isWhole = try await received == there
    let isAnswerWhole = try await answered == back
    #expect(isWhole && isAnswerWhole)
    await guest.close()
    await host.close()
    await lab.settle()
    let counters = await lab.gateway.counters
    #expect(counters.connections == 1 && counters.resets == 0)
    #expect(counters.outOctets == 3_000_000 && counters.inOctets == 3_000_000)
  }

  @Test func theOtherDirectionOutlivesTheGuestsEnd() async throws {
    let lab = try await GatewayLab()
    let (guest, host) = try await lab.connected()
    try await guest.write([1, 2, 3])
    try await guest.finish()
    #expect(try await host.readAll() == [1, 2, 3])
    for _ in 0..<3 { try await host.write([4]) }
    try await host.finish()
    #expect(try await guest.readAll() == [4, 4, 4])
    await guest.close()
    await host.close()
    await lab.settle()
  }

  @Test func theOtherDirectionOutlivesTheHostsEnd() async throws {
    let lab = try await GatewayLab()
    let (guest, host) = try await lab.connected()
    try await host.write([1, 2, 3])
    try await host.finish()
    #expect(try await guest.readAll() == [1, 2, 3])
    for _ in 0..<3 { try await guest.write([4]) }
    try await guest.finish()
    #expect(try await host.readAll() == [4, 4, 4])
    await guest.close()
    await host.close()
    await lab.settle()
  }

  @Test func aRefusalIsOneForTheGuest() async throws {
    let lab = try await GatewayLab()
    let listener = try await lab.listen()
    let closed = lab.outside(listener.localEndpoint)
    await listener.close()
    await #expect(throws: NetworkError.refused(closed)) { try await lab.guest.connect(to: closed) }
    #expect(await lab.gateway.counters[.refused] == 1)
    #expect(await lab.gateway.flows.isEmpty)
  }

  @Test func aResetOfTheHostIsOneForTheGuest() async throws {
    let lab = try await GatewayLab()
    let (guest, host) = try await lab.connected()
    try await host.write([1])
    _ = try await guest.read()
    await host.abort()
    #expect(await guest.isBrokenOff())
    await lab.settle()
    #expect(await lab.gateway.counters.resets == 1)
  }

  @Test func aResetOfTheGuestIsOneForTheHost() async throws {
    let lab = try await GatewayLab()
    let (guest, host) = try await lab.connected()
    try await guest.write([1])
    _ = try await host.read()
    await guest.abort()
    #expect(await host.isBrokenOff())
    await lab.settle()
  }

  @Test func aServerThatDoesNotReadHoldsTheGuestBack() async throws {
    let lab = try await GatewayLab()
    let (guest, host) = try await lab.connected()
    let writing = Task { try await guest.write([UInt8](repeating: 7, count: 40_000_000)) }
    // Until nothing has moved for a while: kernel's and stack's buffers are full.
    let last = await lab.whenStill { $0.outOctets }
    #expect(last > 0 && last < 20_000_000)
    // It goes on when the server reads.
    let first = try await host.read()
    #expect(first.count > 0)
    for _ in 0..<200 { _ = try await host.read() }
    #expect(await lab.gateway.counters.outOctets > last)
    writing.cancel()
    _ = try? await writing.value
    await guest.abort()
    await lab.settle()
  }

  @Test func aGuestThatDoesNotReadHoldsTheServerBack() async throws {
    let lab = try await GatewayLab()
    let (guest, host) = try await lab.connected()
    let writing = Task { try await host.write([UInt8](repeating: 7, count: 40_000_000)) }
    let last = await lab.whenStill { $0.inOctets }
    // The gateway's send queue and the guest's window, no more.
    #expect(last > 0 && last < 6_000_000)
    for _ in 0..<2000 { _ = try await guest.read() }
    #expect(await lab.gateway.counters.inOctets > last)
    writing.cancel()
    _ = try? await writing.value
    await host.abort()
    #expect(await guest.isBrokenOff())
    await lab.settle()
  }

  @Test func twoHundredConnectionsAtOnce() async throws {
    let lab = try await GatewayLab()
    let listener = try await lab.kernel.listen(on: Endpoint(.loopback, port: 0), backlog: 256)
    let server = Task {
      await withDiscardingTaskGroup { group in
        while let connection = try? await listener.accept() {
          group.addTask {
            guard let bytes = try? await connection.readAll() else { return }
            try? await connection.write(bytes)
            await connection.close()
          }
        }
      }
    }
    let good = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        group.addTask {
          let bytes = pattern(20_000, number)
          guard
            let connection = try? await lab.guest.connect(
              to: lab.outside(listener.localEndpoint)),
            (try? await connection.write(bytes)) != nil, (try? await connection.finish()) != nil,
            let answer = try? await connection.readAll()
          else { return false }
          await connection.close()
          return answer == bytes
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(good == 200)
    await lab.settle()
    await listener.close()
    await server.value
    #expect(await lab.gateway.counters.connections == 200)
  }

  @Test func oneGuestHasNoMoreThanItMay() async throws {
    let lab = try await GatewayLab { $0.limits.connectionsEach = 2 }
    let listener = try await lab.listen()
    let place = lab.outside(listener.localEndpoint)
    let first = try await lab.guest.connect(to: place)
    let second = try await lab.guest.connect(to: place)
    await #expect(throws: NetworkError.refused(place)) { try await lab.guest.connect(to: place) }
    #expect(await lab.gateway.counters[.guestLimit] == 1)
    await first.abort()
    while await lab.gateway.flows.count > 1 { await lab.loop.sleep(for: .milliseconds(2)) }
    let third = try await lab.guest.connect(to: place)
    await second.abort()
    await third.abort()
    await lab.settle()
  }

  @Test func whatIsIdleEnds() async throws {
    let lab = try await GatewayLab { $0.limits.connectionIdleTime = .milliseconds(1) }
    let (guest, host) = try await lab.connected()
    try await guest.write([1])
    #expect(await guest.isBrokenOff())
    await host.close()
    #expect(await lab.gateway.counters[.idle] == 1)
  }

  @Test func closingEndsEverything() async throws {
    let lab = try await GatewayLab()
    let (guest, host) = try await lab.connected()
    await lab.gateway.close()
    #expect(await guest.isBrokenOff())
    #expect(await host.isBrokenOff())
    #expect(await lab.gateway.flows.isEmpty)
  }
}
