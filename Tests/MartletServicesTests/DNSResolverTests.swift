import MartletDevice
import MartletServices
import MartletStack
import MartletWire
import Testing

@Suite struct DNSResolverTests {
  static let address = IPv4Address(198, 51, 100, 7)
  static let found = DNSAnswer.Outcome.addresses([address])

  /// A lab whose client has an address and asks a server that answers by `zone`.
  static func lab(
    servers: [IPv4Address] = [Lab.serverAddress], _ zone: @escaping NameServerModel.Zone
  ) throws -> Lab {
    var lab = try Lab()
    try lab.addClientAddress()
    lab.resolver.setServers(servers)
    lab.nameServer = NameServerModel(zone)
    try lab.nameServer?.open(on: &lab.server)
    lab.run(for: .seconds(1))
    return lab
  }

  static func alias(_ question: NameServerModel.Question) -> [[UInt8]] {
    [question.answer([.cname(question.name, "x" + question.name, seconds: 60)])]
  }

  @Test func anAddressIsFoundAndRememberedForItsTime() throws {
    var lab = try Self.lab { [$0.answer([.a($0.name, Self.address, seconds: 60)])] }
    #expect(try lab.resolve("Valve.Garden.", within: .seconds(1)) == Self.found)
    #expect(lab.nameServer?.log.map(\.name) == ["valve.garden"])
    #expect(try lab.resolve("valve.garden", within: .seconds(58)) == Self.found)
    #expect(lab.nameServer?.log.count == 1)
    lab.run(for: .seconds(2))
    #expect(try lab.resolve("valve.garden", within: .seconds(1)) == Self.found)
    #expect(lab.nameServer?.log.count == 2)
  }

  @Test func eachMessageHasAnIdentifierAndAPortOfItsOwn() throws {
    var lab = try Self.lab { _ in [] }
    #expect(try lab.resolve("a.test") == .failed(.noAnswer))
    let log = lab.nameServer?.log ?? []
    #expect(log.count == 3)
    #expect(Set(log.map(\.identifier)).count == 3)
    #expect(Set(log.map(\.source.port)).count == 3)
    #expect(zip(log.dropFirst(), log).map { $0.time - $1.time } == [.seconds(2), .seconds(4)])
    #expect(lab.resolver.queryCount == 0 && lab.resolver.nextDeadline == nil)
  }

  @Test func theNextServerIsAskedWhenOneIsSilentOrFails() throws {
    let second = IPv4Address(192, 168, 7, 2)
    for failure in [DNSResponseCode.serverFailure, .refused, .notImplemented, nil] {
      var lab = try Self.lab(servers: [Lab.serverAddress, second]) { question in
        failure.map { [question.answer([], code: $0)] } ?? []
      }
      var other = NameServerModel { _ in [] }
      try lab.server.addAddress(IPv4Prefix(second, length: 24), on: lab.serverInterface)
      lab.run(for: .seconds(1))
      let begin = lab.now
      let name = try #require(DomainName(ascii: "a.test".utf8))
      _ = try lab.resolver.resolve(name, on: &lab.client, now: lab.now)
      // Nobody listens at the second: an ICMP error says so at once.
      lab.run(for: .seconds(3))
      let asked = lab.nameServer?.log ?? []
      #expect(asked.count >= 2)
      #expect(asked[1].time - begin >= (failure == nil ? .seconds(2) : .zero))
      if failure != nil { #expect(asked[1].time == begin) }
      other.log = asked
    }
  }

  @Test func aliasesAreFollowedWithinAMessageInAnyOrder() throws {
    var lab = try Self.lab { question in
      [
        question.answer([
          .a("c.test", Self.address, seconds: 300), .cname("b.test", "c.test", seconds: 20),
          .cname("a.test", "b.test", seconds: 300),
          .a("z.test", IPv4Address(6, 6, 6, 6), seconds: 9),
        ])
      ]
    }
    #expect(try lab.resolve("a.test", within: .seconds(1)) == Self.found)
    #expect(lab.nameServer?.log.count == 1)
    // The shortest time of the chain counts.
    lab.run(for: .seconds(20))
    #expect(try lab.resolve("a.test", within: .seconds(1)) == Self.found)
    #expect(lab.nameServer?.log.count == 2)
  }

  @Test func anAliasThatTheMessageDoesNotResolveIsAskedFor() throws {
    var lab = try Self.lab { question in
      question.name == "a.test"
        ? [question.answer([.cname("a.test", "b.test", seconds: 60)])]
        : [question.answer([.a("b.test", Self.address, seconds: 60)])]
    }
    #expect(try lab.resolve("a.test", within: .seconds(1)) == Self.found)
    #expect(lab.nameServer?.log.map(\.name) == ["a.test", "b.test"])
  }

  @Test func aliasesWithoutEndAreGivenUp() throws {
    var lab = try Self.lab(Self.alias)
    #expect(try lab.resolve("a.test", within: .seconds(1)) == .failed(.tooManyAliases))
    #expect(lab.nameServer?.log.count == 9)
    var loop = try Self.lab { question in
      [
        question.answer([
          .cname("a.test", "b.test", seconds: 60), .cname("b.test", "a.test", seconds: 60),
        ])
      ]
    }
    #expect(try loop.resolve("a.test", within: .seconds(1)) == .failed(.tooManyAliases))
  }

  @Test func absenceIsRememberedAsLongAsTheZoneSays() throws {
    for (code, failure) in [
      (DNSResponseCode.nameError, DNSFailure.noSuchName), (.noError, .noAddress),
    ] {
      var lab = try Self.lab { question in
        [question.answer([.soa("test", minimum: 30, seconds: 3600)], code: code)]
      }
      #expect(try lab.resolve("a.test", within: .seconds(29)) == .failed(failure))
      #expect(try lab.resolve("a.test", within: .seconds(2)) == .failed(failure))
      #expect(lab.nameServer?.log.count == 1)
      #expect(try lab.resolve("a.test", within: .seconds(2)) == .failed(failure))
      #expect(lab.nameServer?.log.count == 2)
    }
  }

  @Test func anAnswerTooLongForUDPComesByTCP() throws {
    let many = (0..<16).map { IPv4Address(198, 51, 100, $0) }
    var lab = try Self.lab { question in
      question.isByTCP
        ? [question.answer(many.map { .a(question.name, $0, seconds: 60) })]
        : [question.answer([], truncated: true)]
    }
    #expect(try lab.resolve("a.test", within: .seconds(1)) == .addresses(many))
    #expect(lab.nameServer?.log.map(\.isByTCP) == [false, true])
  }

  @Test func whatAnswersAnotherQuestionIsNoAnswer() throws {
    var lab = try Self.lab { question in
      let forged = IPv4Address(6, 6, 6, 6)
      return [
        question.answer([.a("a.test", forged, seconds: 60)], identifier: question.identifier ^ 1),
        question.answer([.a("b.test", forged, seconds: 60)], name: "b.test"),
        Array(question.answer([.a("a.test", forged, seconds: 60)]).dropLast(3)),
        [1, 2, 3],
        question.answer([.a("a.test", Self.address, seconds: 60)]),
      ]
    }
    #expect(try lab.resolve("a.test", within: .seconds(1)) == Self.found)
  }

  @Test func aNameThatIsLookedForIsNotLookedForTwice() throws {
    var lab = try Self.lab { _ in [] }
    let name = try #require(DomainName(ascii: "a.test".utf8))
    let first = try lab.resolver.resolve(name, on: &lab.client, now: lab.now)
    let second = try lab.resolver.resolve(name, on: &lab.client, now: lab.now)
    #expect(lab.resolver.queryCount == 1)
    lab.resolver.cancel(first, on: &lab.client, now: lab.now)
    #expect(lab.resolver.queryCount == 1)
    lab.resolver.cancel(second, on: &lab.client, now: lab.now)
    #expect(lab.resolver.queryCount == 0)
    lab.run(for: .seconds(60))
    #expect(lab.resolver.nextAnswer() == nil)
    #expect(lab.nameServer?.log.count == 1)
    // All four sockets of the stack are free again.
    for _ in 0..<4 { _ = try lab.client.openUDP() }
  }

  @Test func withoutServersOrRoomItSaysSo() throws {
    var lab = try Lab()
    let name = try #require(DomainName(ascii: "a.test".utf8))
    #expect(throws: DNSFailure.noServers) {
      _ = try lab.resolver.resolve(name, on: &lab.client, now: lab.now)
    }
    lab.resolver = DNSResolver(servers: [Lab.serverAddress], queryLimit: 1)
    try lab.addClientAddress()
    _ = try lab.resolver.resolve(name, on: &lab.client, now: lab.now)
    let other = try #require(DomainName(ascii: "b.test".utf8))
    #expect(throws: DNSFailure.tooManyQueries) {
      _ = try lab.resolver.resolve(other, on: &lab.client, now: lab.now)
    }
  }

  @Test func noBytesTrapOrStall() throws {
    var random = SplitMix64(seed: 11)
    for _ in 0..<300 {
      var draw = SplitMix64(seed: random.next())
      var lab = try Self.lab { question in
        var bytes = question.answer([
          .cname("a.test", "b.test", seconds: 60), .a("b.test", Self.address, seconds: 60),
          .soa("test", minimum: 1, seconds: 1),
        ])
        for _ in 0..<4 {
          // Never the identifier, so that the rest is read.
          let place = 2 + Int(draw.next() % UInt64(bytes.count - 2))
          // Half of them pointers, forwards and backwards.
          bytes[place] = draw.next() % 2 == 0 ? 0xC0 : UInt8(truncatingIfNeeded: draw.next())
        }
        return [bytes]
      }
      let outcome = try lab.resolve("a.test", within: .seconds(200))
      #expect(outcome != nil)
      #expect(lab.resolver.queryCount == 0)
    }
  }

  @Test(arguments: [
    ("a", true), ("a.b", true), ("A-1.example.", true), ("_dwn._tcp.local", true),
    (String(repeating: "a", count: 63), true), (String(repeating: "a", count: 64), false),
    (String(repeating: "abcdefg.", count: 31) + "abcde", true),
    (String(repeating: "abcdefg.", count: 31) + "abcdef", false), ("", false), (".", false),
    ("a..b", false), (".a", false), ("-a", false), ("a-", false), ("a-.b", false), ("a b", false),
    ("a\0b", false), ("ä.test", false), ("a/b", false),
  ])
  func aNameIsOneOrIsNot(text: String, isName: Bool) {
    #expect((DomainName(ascii: text.utf8) != nil) == isName)
  }
}
