import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// A wildcard listener on an interface that accepts every destination: what a packet tunnel needs.
@Suite("Connections to every destination")
struct TunnelConnectionTests {
  static let client = IPv4Address(10, 0, 0, 2)

  struct Tunnel: ~Copyable {
    var host: Host
    let listener: ListenerHandle

    init(asksFirst: Bool) throws {
      var host = try Host(1, medium: .ip, acceptsAllDestinations: true)
      var options = ListenerOptions()
      options.asksFirst = asksFirst
      listener = try host.stack.listen(on: Endpoint(.unspecified, port: 0), options: options)
      self.host = host
    }

    mutating func send(
      _ flags: TCPFlags, to server: Endpoint, sequence: UInt32, acknowledgment: UInt32 = 0,
      _ data: [UInt8] = []
    ) {
      let segment = Frame.tcp(
        from: client, 4000, to: server.address, server.port, flags: flags, sequence: sequence,
        acknowledgment: acknowledgment, window: 60_000, data)
      host.receive(Frame.ipv4(from: client, to: server.address, .tcp, segment))
    }

    mutating func sent() -> [SeenSegment] {
      host.sent().compactMap { SeenSegment($0, at: .zero, from: 0, and: 0) }
    }
  }

  @Test(
    "the original destination is on the connection, and answers come from it",
    arguments: [
      Endpoint(IPv4Address(93, 184, 216, 34), port: 443),
      Endpoint(IPv4Address(1, 1, 1, 1), port: 53),
    ])
  func originalDestination(server: Endpoint) throws {
    var tunnel = try Tunnel(asksFirst: false)
    tunnel.send(.syn, to: server, sequence: 100)
    let answer = try #require(tunnel.sent().first)
    expect(answer, .synAck, .ack(101))
    #expect(answer.packet.source == server.address)
    #expect(answer.packet.payload.word(at: 0) == server.port)
    tunnel.send(.ack, to: server, sequence: 101, acknowledgment: answer.rawSequence &+ 1, [1, 2])
    let handle = try #require(try tunnel.host.stack.accept(on: tunnel.listener))
    let status = try tunnel.host.stack.status(of: handle)
    #expect(status.local == server)
    #expect(status.remote == Endpoint(Self.client, port: 4000))
    let now = tunnel.host.now
    let result = try tunnel.host.stack.withReceived(on: handle, now: now) { $0.byteCount }
    #expect(result == .bytes(2))
  }

  @Test("a SYN is refused before it is answered, or answered once its owner says so")
  func asksFirst() throws {
    var tunnel = try Tunnel(asksFirst: true)
    let server = Endpoint(IPv4Address(93, 184, 216, 34), port: 443)
    tunnel.send(.syn, to: server, sequence: 100)
    #expect(tunnel.sent().isEmpty)
    let request = try #require(try tunnel.host.stack.nextRequest(on: tunnel.listener))
    #expect(request.destination == server)
    #expect(request.source == Endpoint(Self.client, port: 4000))
    let now = tunnel.host.now
    tunnel.host.stack.answer(request, accepting: false, now: now)
    let refusal = try #require(tunnel.sent().first)
    expect(refusal, .rstAck, .seq(0), .ack(101))
    #expect(refusal.packet.source == server.address)

    tunnel.send(.syn, to: server, sequence: 500)
    let second = try #require(try tunnel.host.stack.nextRequest(on: tunnel.listener))
    tunnel.host.stack.answer(second, accepting: true, now: now)
    expect(tunnel.sent().first, .synAck, .ack(501))
    // The first request has gone: to answer it again changes nothing.
    tunnel.host.stack.answer(request, accepting: true, now: now)
    #expect(tunnel.sent().isEmpty)
  }
}
