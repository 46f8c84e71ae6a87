import MartletDevice
import MartletStack
import MartletWire
import Testing

@testable import MartletServices

@Suite struct DNSServerTests {
  static let web = IPv4Address(192, 168, 7, 10)

  static func lab(queryLimit: Int = 256, domain: String? = "home.test") throws -> ServerLab {
    var options = DNSServerOptions(server: ServerLab.network)
    options.domain = domain.flatMap { DomainName(ascii: $0.utf8) }
    options.queryLimit = queryLimit
    var lab = try ServerLab(dns: options)
    try lab.addClientAddress()
    let isSet = lab.dns.setName(Array("Web".utf8), address: web)
    #expect(isSet)
    return lab
  }

  @Test(arguments: ["web.home.test", "WEB.Home.TEST", "web"])
  func aKnownNameHasItsAddress(name: String) throws {
    var lab = try Self.lab()
    let reply = try #require(try lab.resolve(name))
    #expect(reply == .init(code: .noError, isAuthoritative: true, addresses: [Self.web]))
  }

  @Test func anAddressHasItsName() throws {
    var lab = try Self.lab()
    let reply = try #require(try lab.resolve("10.7.168.192.in-addr.arpa", .ptr))
    #expect(reply.names == ["web.home.test"])
    #expect(try lab.resolve("11.7.168.192.in-addr.arpa", .ptr)?.code == .nameError)
  }

  @Test(arguments: [
    ("nobody.home.test", DNSRecordType.a, DNSResponseCode.nameError),
    ("a.web.home.test", .a, .nameError), ("nobody", .a, .nameError),
    ("web.home.test", .aaaa, .noError), ("web", .aaaa, .noError), ("home.test", .a, .noError),
  ])
  func whatIsNotThereIsSaidHere(name: String, type: DNSRecordType, code: DNSResponseCode) throws {
    var lab = try Self.lab()
    let reply = try #require(try lab.resolve(name, type))
    #expect(reply.code == code && reply.addresses.isEmpty)
    let forwarded = lab.dns.nextQuery()
    #expect(forwarded == nil)
  }

  @Test func localhostIsEverybodysOwn() throws {
    var lab = try Self.lab()
    #expect(try lab.resolve("localhost")?.addresses == [.loopback])
  }

  @Test func otherNamesAreTheOwnersToAnswer() throws {
    var lab = try Self.lab()
    let socket = try lab.query(ServerLab.question("example.com", .a))
    let forward = try lab.forwarded()
    #expect(forward.client == IPv4Address(192, 168, 7, 50) && !forward.isStream)
    let second = lab.dns.nextQuery()
    #expect(second == nil)
    // Another server's answer carries another identifier.
    var answer = forward.message
    answer[0] = 0xAA
    answer[2] |= 0x80
    let now = lab.now
    unsafe lab.dns.answer(forward.id, with: answer.span.bytes, on: &lab.server, now: now)
    lab.settle()
    #expect(try lab.reply(socket)?.code == .noError)
    // Twice is once.
    lab.dns.fail(forward.id, on: &lab.server, now: now)
    #expect(lab.dns.counters.failed == 0)
  }

  @Test func anAnswerThatFailsOrNeverComesIsAServerFailure() throws {
    var lab = try Self.lab()
    let failing = try lab.query(ServerLab.question("one.test", .a))
    let first = try lab.forwarded()
    let now = lab.now
    lab.dns.fail(first.id, on: &lab.server, now: now)
    lab.settle()
    #expect(try lab.reply(failing)?.code == .serverFailure)
    let waiting = try lab.query(ServerLab.question("two.test", .a))
    lab.run(for: .seconds(16))
    #expect(try lab.reply(waiting)?.code == .serverFailure)
    let late = lab.dns.nextQuery()
    #expect(late == nil)
  }

  @Test func oneClientFillsAQuarterOfTheTable() throws {
    var lab = try Self.lab(queryLimit: 8)
    for number in 0..<3 {
      let socket = try lab.query(ServerLab.question("name\(number).test", .a))
      let reply = try lab.reply(socket)
      #expect((reply?.code == .serverFailure) == (number >= 2))
    }
    #expect(lab.dns.counters.crowded == 1)
    #expect(lab.dns.counters.forwarded == 2)
  }

  @Test func aQuestionThatIsRepeatedIsForwardedOnce() throws {
    var lab = try Self.lab()
    let message = try ServerLab.question("example.com", .a)
    let socket = try lab.query(message)
    send(
      message, to: Endpoint(ServerLab.serverAddress, port: 53), on: socket, of: &lab.client,
      now: lab.now)
    lab.settle()
    #expect(lab.dns.counters.forwarded == 1)
  }

  @Test func whatDoesNotFitADatagramIsCutAndComesByTCP() throws {
    var lab = try Self.lab()
    let message = try ServerLab.question("long.test", .txt)
    let socket = try lab.query(message)
    let forward = try lab.forwarded()
    var long = forward.message + [UInt8](repeating: 7, count: 3000)
    long[2] |= 0x80
    let now = lab.now
    unsafe lab.dns.answer(forward.id, with: long.span.bytes, on: &lab.server, now: now)
    lab.settle()
    #expect(try lab.reply(socket)?.isTruncated == true)

    let stream = try lab.client.connect(
      to: Endpoint(ServerLab.serverAddress, port: 53), now: lab.now)
    lab.settle()
    let framed = [UInt8(0), UInt8(message.count)] + message
    // In two pieces, for streams have no borders.
    for part in [framed.prefix(5), framed.dropFirst(5)] {
      _ = try unsafe lab.client.send(Array(part).span.bytes, on: stream, now: lab.now)
      lab.settle()
    }
    let second = try lab.forwarded()
    #expect(second.isStream)
    unsafe lab.dns.answer(second.id, with: long.span.bytes, on: &lab.server, now: now)
    lab.settle()
    #expect(try lab.client.receivedCount(on: stream) == long.count + 2)
    // The client ends, and so does the server.
    try lab.client.shutdown(stream, now: lab.now)
    lab.settle()
    #expect(lab.dns.streams.isEmpty)
  }

  @Test func anIdleStreamIsClosed() throws {
    var lab = try Self.lab()
    _ = try lab.client.connect(to: Endpoint(ServerLab.serverAddress, port: 53), now: lab.now)
    lab.settle()
    #expect(lab.dns.streams.count == 1)
    lab.run(for: .seconds(16))
    #expect(lab.dns.streams.isEmpty)
  }

  @Test func oneClientHasAQuarterOfTheStreams() throws {
    var lab = try Self.lab()
    for _ in 0..<6 {
      _ = try lab.client.connect(to: Endpoint(ServerLab.serverAddress, port: 53), now: lab.now)
    }
    lab.settle()
    #expect(lab.dns.streams.count == 4)
    #expect(lab.dns.counters.crowded == 2)
  }

  @Test func whatIsNoQuestionIsRefusedOrDropped() throws {
    var lab = try Self.lab()
    var message = try ServerLab.question("web", .a)
    message[2] |= 0x10
    #expect(try lab.reply(lab.query(message))?.code == .notImplemented)
    message = try ServerLab.question("web", .a)
    message[5] = 0
    #expect(try lab.reply(lab.query(message))?.code == .formatError)
    message = try ServerLab.question("example.com", .a, recursionDesired: false)
    #expect(try lab.reply(lab.query(message))?.code == .refused)
    message = try ServerLab.question("web", .a)
    message[2] |= 0x80
    #expect(try lab.reply(lab.query(message)) == nil)
    #expect(try lab.reply(lab.query([1, 2, 3])) == nil)
    #expect(lab.dns.counters.malformed == 3)
  }

  @Test func whoIsElsewhereIsRefused() throws {
    var lab = try Self.lab()
    try lab.client.addAddress(
      IPv4Prefix(IPv4Address(10, 0, 0, 5), length: 24), on: lab.clientInterface)
    try lab.server.addRoute(
      to: IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 24), on: lab.serverInterface)
    lab.settle()
    let socket = try lab.client.openUDP(on: Endpoint(IPv4Address(10, 0, 0, 5), port: 0))
    send(
      try ServerLab.question("web", .a), to: Endpoint(ServerLab.serverAddress, port: 53),
      on: socket, of: &lab.client, now: lab.now)
    lab.settle()
    #expect(try lab.reply(socket)?.code == .refused)
  }

  @Test func chanceBytesNeverTrap() throws {
    var lab = try Self.lab()
    for _ in 0..<300 {
      var bytes = (0..<Int.random(in: 12...80)).map { _ in UInt8.random(in: 0...255) }
      bytes.replaceSubrange(2..<6, with: [1, 0, 0, 1])
      let socket = try lab.query(bytes)
      _ = receive(from: socket, of: &lab.client)
      lab.client.close(socket)
    }
  }

  @Test func namesGoWithTheirHost() throws {
    var lab = try Self.lab()
    lab.dns.removeNames(of: Self.web)
    #expect(try lab.resolve("web.home.test")?.code == .nameError)
    let bad = lab.dns.setName(Array("two.labels".utf8), address: Self.web)
    #expect(!bad)
  }
}
