import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// What a gateway needs beside a tunnel: to ask and to refuse in the place of other hosts.
@Suite struct GatewayTests {
  static let client = IPv4Address(10, 0, 0, 2)
  static let own = IPv4Address(10, 0, 0, 1)
  static let server = IPv4Address(93, 184, 216, 34)

  static func gateway() throws -> Host {
    var host = try Host(1, medium: .ip, acceptsAllDestinations: true)
    try host.stack.addAddress(IPv4Prefix(own, length: 24), on: host.id)
    return host
  }

  @Test func anEchoRequestForAnotherIsHandedOutAndItsReplyComesFromThere() throws {
    var host = try Self.gateway()
    let socket = try host.stack.openEcho(acceptingAllOn: host.id)
    let message = Frame.icmp(8, 0, rest: 0x0005_0007, [1, 2, 3])
    host.receive(Frame.ipv4(from: Self.client, to: Self.server, .icmp, message))
    #expect(host.sent().isEmpty)
    #expect(host.stack.nextEvent() == .echo(socket, .readable))
    var buffer = [UInt8](repeating: 0, count: 16)
    var span = buffer.mutableSpan
    var bytes = unsafe span.mutableBytes
    let request = try #require(try host.stack.receiveEchoRequest(from: socket, into: &bytes))
    #expect(request.source == Self.client && request.destination == Self.server)
    #expect(request.identifier == 5 && request.sequence == 7 && request.length == 3)
    let payload: [UInt8] = [1, 2, 3]
    let now = host.now
    try unsafe host.stack.sendEchoReply(
      payload.span.bytes, to: request, on: socket, now: now)
    let sent = host.sent()
    #expect(sent.count == 1)
    #expect(sent[0].source == Self.server && sent[0].destination == Self.client)
    #expect(sent[0].payload == Frame.icmp(0, 0, rest: 0x0005_0007, [1, 2, 3]))
  }

  @Test func anEchoRequestForTheGatewayItselfIsAnswered() throws {
    var host = try Self.gateway()
    _ = try host.stack.openEcho(acceptingAllOn: host.id)
    host.receive(
      Frame.ipv4(from: Self.client, to: Self.own, .icmp, Frame.icmp(8, 0, rest: 5, [1])))
    #expect(host.sent().first?.source == Self.own)
  }

  @Test func oneEchoSocketAnInterfaceTakesRequests() throws {
    var host = try Self.gateway()
    let socket = try host.stack.openEcho(acceptingAllOn: host.id)
    do throws(StackError) {
      _ = try host.stack.openEcho(acceptingAllOn: host.id)
      Issue.record("a second was opened")
    } catch {
      #expect(error == .badState)
    }
    host.stack.close(socket)
    _ = try host.stack.openEcho(acceptingAllOn: host.id)
  }

  @Test(arguments: [
    (EndReason.hostUnreachable, [3, 1]), (.prohibited, [3, 13]), (.timedOut, [3, 1]),
  ])
  func aSynIsRefusedByAnErrorThatQuotesIt(reason: EndReason, code: [UInt8]) throws {
    var host = try Self.gateway()
    var options = ListenerOptions()
    options.asksFirst = true
    let listener = try host.stack.listen(on: Endpoint(.unspecified, port: 0), options: options)
    let syn = Frame.tcp(
      from: Self.client, 4000, to: Self.server, 443, flags: .syn, sequence: 0x0102_0304,
      acknowledgment: 0, window: 60_000, [])
    host.receive(Frame.ipv4(from: Self.client, to: Self.server, .tcp, syn))
    let request = try #require(try host.stack.nextRequest(on: listener))
    let now = host.now
    host.stack.refuse(request, because: reason, now: now)
    let error = try #require(host.sent().first)
    #expect(error.source == Self.own && error.destination == Self.client)
    #expect(Array(error.payload[0..<2]) == code)
    let quote = Array(error.payload[8...])
    #expect(quote.source == Self.client && quote.destination == Self.server)
    #expect(quote.payload == Array(syn[0..<8]))
    // It is gone: an answer changes nothing.
    host.stack.answer(request, accepting: true, now: now)
    #expect(host.sent().isEmpty)
  }

  @Test func aDatagramThatNobodyTookIsReportedAsFromItsDestination() throws {
    var host = try Self.gateway()
    let now = host.now
    let id = host.id
    host.stack.reportUndelivered(
      from: Endpoint(Self.client, port: 4000), to: Endpoint(Self.server, port: 53),
      because: .portUnreachable, on: id, now: now)
    let error = try #require(host.sent().first)
    #expect(error.source == Self.server)
    #expect(Array(error.payload[0..<2]) == [3, 3])
    let quote = Array(error.payload[8...])
    #expect(quote.payload.word(at: 0) == 4000 && quote.payload.word(at: 2) == 53)
  }
}
