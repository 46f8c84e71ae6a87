import MartletDevice
import MartletServices
import MartletStack
import MartletWire
import Testing

@testable import MartletHost

/// DHCP and names, as a program asks for them.
@Suite(.timeLimit(.minutes(1))) struct NamesAndLeasesTests {
  /// Lends one address, and knows one name; or keeps quiet.
  final class Provider: StackService {
    private let leases: UDPHandle
    private let names: UDPHandle
    private let isQuiet: Bool
    init(on stack: inout Stack, _ interface: InterfaceID, isQuiet: Bool) throws(StackError) {
      leases = try stack.openUDP(on: Endpoint(.unspecified, port: 67))
      names = try stack.openUDP(on: Endpoint(.unspecified, port: 53))
      self.isQuiet = isQuiet
      var options = try stack.options(of: leases)
      options.broadcast = true
      options.multicastInterface = interface
      try stack.setOptions(options, of: leases)
    }

    func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
      guard case .udp(let socket, _) = event else { return false }
      var request = [UInt8](repeating: 0, count: 2048)
      var span = request.mutableSpan
      var bytes = unsafe span.mutableBytes
      while let datagram = try? stack.receive(from: socket, into: &bytes) {
        guard !isQuiet else { continue }
        let message = bytes.bytes.extracting(0..<datagram.length)
        let isLease = socket == leases
        let peer = isLease ? Endpoint(.broadcast, port: 68) : datagram.source
        guard let reply = isLease ? try? lend(message) : try? answer(message) else { continue }
        try? unsafe stack.send(reply.span.bytes, to: peer, on: socket, now: now)
      }
      return true
    }

    private func lend(_ bytes: RawSpan) throws(WireError) -> [UInt8] {
      let request = try DHCPv4View(parsing: bytes)
      guard let type = request.messageType, type == .discover || type == .request else {
        throw .badField
      }
      var header = DHCPv4Header(request)
      header.isRequest = false
      header.yourAddress = StackPair.clientAddress
      var buffer = [UInt8](repeating: 0, count: 512)
      var span = buffer.mutableSpan
      var target = unsafe span.mutableBytes
      var reply = try DHCPv4Builder(
        header, type: type == .discover ? .offer : .acknowledge, into: &target)
      try reply.append(.serverIdentifier, StackPair.serverAddress)
      try reply.append(.subnetMask, IPv4Address(255, 255, 255, 0))
      try reply.append(.routers, StackPair.serverAddress)
      try reply.append(.domainNameServers, StackPair.serverAddress)
      try reply.append(.leaseTime, UInt32(3600))
      let length = try reply.finish()
      return Array(buffer[0..<length])
    }

    private func answer(_ bytes: RawSpan) throws(WireError) -> [UInt8] {
      var query = try DNSReader(bytes)
      guard let question = try query.nextQuestion() else { throw .badField }
      var name = [UInt8](repeating: 0, count: 255)
      var nameSpan = name.mutableSpan
      var nameBytes = unsafe nameSpan.mutableBytes
      let length = try question.name.writeText(into: &nameBytes)
      let text = nameBytes.bytes.extracting(0..<length)
      let isKnown = unsafe question.name.matches(text: Array("server.test".utf8).span.bytes)
      var buffer = [UInt8](repeating: 0, count: 512)
      var span = buffer.mutableSpan
      var target = unsafe span.mutableBytes
      var reply = try DNSBuilder(
        query.header.response(isKnown ? .noError : .nameError), into: &target)
      try reply.appendQuestion(text, type: .a)
      if isKnown { try reply.append(name: text, timeToLive: 60, address: StackPair.serverAddress) }
      let replyLength = reply.length
      return Array(buffer[0..<replyLength])
    }
  }

  static func pair(isQuiet: Bool = false, clientHasAddress: Bool = false) async throws -> StackPair
  {
    let pair = try await StackPair(clientHasAddress: clientHasAddress)
    let interface = pair.serverInterface
    try await pair.server.addService { stack, _ throws(StackError) in
      try Provider(on: &stack, interface, isQuiet: isQuiet)
    }
    return pair
  }

  static var quick: DHCPv4ClientOptions {
    var options = DHCPv4ClientOptions()
    options.checksAddress = false
    return options
  }

  @Test func aLeaseBringsAddressRouteAndNames() async throws {
    let pair = try await Self.pair()
    defer { pair.loop.stop() }
    let lease = try await pair.client.configureByDHCP(
      on: pair.clientInterface, options: Self.quick)
    #expect(lease.address == IPv4Prefix(StackPair.clientAddress, length: 24))
    #expect(await pair.client.lease(of: pair.clientInterface) == lease)
    #expect(try await pair.client.resolve("Server.Test") == [StackPair.serverAddress])
    await #expect(throws: NetworkError.nameNotFound("other.test")) {
      _ = try await pair.client.resolve("other.test")
    }
    let listener = try await pair.server.listen(on: Endpoint(.unspecified, port: 80))
    let connection = try await pair.client.connect(to: "server.test", port: 80)
    #expect(connection.localEndpoint.address == StackPair.clientAddress)
    await connection.close()
    await listener.close()
    await #expect(throws: NetworkError.badState) {
      try await pair.client.configureByDHCP(on: pair.clientInterface)
    }
    await pair.client.releaseDHCP(on: pair.clientInterface)
    #expect(await pair.client.lease(of: pair.clientInterface) == nil)
    await #expect(throws: (any Error).self) {
      _ = try await pair.client.ping(StackPair.serverAddress)
    }
  }

  @Test func withoutServerNothingIsLeftBehind() async throws {
    let pair = try await Self.pair(isQuiet: true)
    defer { pair.loop.stop() }
    for _ in 0..<10 {
      await #expect(throws: NetworkError.timedOut(Endpoint(.broadcast, port: 67))) {
        try await pair.client.configureByDHCP(
          on: pair.clientInterface, timeout: .milliseconds(5))
      }
    }
    let task = Task { try await pair.client.configureByDHCP(on: pair.clientInterface) }
    await pair.settle { $0.timers == 1 }
    task.cancel()
    await #expect(throws: NetworkError.cancelled) { try await task.value }
    await pair.settle { $0 == StackPair.Holdings() }
  }

  @Test func aCancelledSearchLeavesNothing() async throws {
    let pair = try await Self.pair(isQuiet: true, clientHasAddress: true)
    defer { pair.loop.stop() }
    await #expect(throws: NetworkError.nameServerFailed("server.test")) {
      _ = try await pair.client.resolve("server.test")
    }
    await pair.client.setNameServers([StackPair.serverAddress])
    let loop = pair.loop
    let client = pair.client
    // More often than there are sockets.
    for number in 0..<20 {
      let task = Task { try await client.resolve("name\(number).test") }
      while await loop.run({ client.driver.resolver.waitingCount }) == 0 { await Task.yield() }
      task.cancel()
      await #expect(throws: NetworkError.cancelled) { _ = try await task.value }
      #expect(await loop.run { client.driver.resolver.waitingCount } == 0)
    }
    await pair.settle { $0 == StackPair.Holdings() }
  }

  @Test func whatIsNoNameIsNotAskedFor() async throws {
    let pair = try await Self.pair()
    defer { pair.loop.stop() }
    #expect(try await pair.client.resolve("192.0.2.7") == [IPv4Address(192, 0, 2, 7)])
    for name in ["", "a b", "-x", "a..b", String(repeating: "x", count: 300)] {
      await #expect(throws: NetworkError.nameNotFound(name)) {
        _ = try await pair.client.resolve(name)
      }
    }
  }
}
