import MartletDevice
import MartletWire
import Testing

@testable import MartletFlow

@Suite struct TranslationTests {
  static let (inside, other): (UInt32, UInt32) = (0x0a00_0001, 0x0a00_0002)
  static let (own, outside): (UInt32, UInt32) = (0xc000_0201, 0xc633_6401)

  @Test func theSourceIsHiddenAndAnswersFindBack() throws {
    var bench = TrackBench()
    let nat = NATAction.source(Self.own)
    for packet in [
      Packets.udp(Self.inside, Self.outside, (4000, 53)),
      Packets.tcp(Self.inside, Self.outside, (4000, 80), .syn),
    ] {
      let there = try bench.take(packet, nat: nat)
      #expect(there.outcome.state == [.new, .tracked, .sourceTranslated])
      // The port is kept as long as it is free.
      let ends = Packets.ends(there.packet)
      #expect(ends[0] == Self.own && ends[1] == 4000 && ends[2] == Self.outside)
      #expect(Packets.isIntact(there.packet))
      let answer =
        packet[9] == 17
        ? Packets.udp(Self.outside, Self.own, (53, 4000))
        : Packets.tcp(Self.outside, Self.own, (80, 4000), [.syn, .ack], ack: 1)
      let back = try bench.take(answer, commits: false, nat: NATAction())
      #expect(
        back.outcome.state == [.established, .reply, .tracked, .destinationTranslated])
      #expect(Packets.ends(back.packet)[2] == Self.inside)
      #expect(Packets.isIntact(back.packet))
    }
  }

  @Test func twoHostsWithOnePortGetTwo() throws {
    var bench = TrackBench()
    let nat = NATAction.source(Self.own)
    let first = try bench.take(Packets.udp(Self.inside, Self.outside, (4000, 53)), nat: nat)
    let second = try bench.take(Packets.udp(Self.other, Self.outside, (4000, 53)), nat: nat)
    let ports = [first, second].map { Packets.ends($0.packet)[1] }
    #expect(ports[0] == 4000 && ports[1] != 4000 && ports[1] >= 1024)
    for (port, host) in zip(ports, [Self.inside, Self.other]) {
      let back = try bench.take(
        Packets.udp(Self.outside, Self.own, (53, UInt16(port))), commits: false, nat: NATAction())
      #expect(Array(Packets.ends(back.packet)[2...]) == [host, 4000])
    }
    // To another place the port is free.
    let third = try bench.take(Packets.udp(Self.other, Self.outside + 1, (4000, 53)), nat: nat)
    #expect(Packets.ends(third.packet)[1] == 4000)
  }

  @Test func pingsGetAnotherIdentifierWhereTheyMust() throws {
    var bench = TrackBench()
    let nat = NATAction.source(Self.own)
    _ = try bench.take(Packets.echo(Self.inside, Self.outside, 5), nat: nat)
    let second = try bench.take(Packets.echo(Self.other, Self.outside, 5), nat: nat)
    let identifier = UInt16(second.packet[24]) << 8 | UInt16(second.packet[25])
    #expect(identifier != 5 && Packets.isIntact(second.packet))
    let back = try bench.take(
      Packets.echo(Self.outside, Self.own, identifier, isReply: true), commits: false,
      nat: NATAction())
    #expect(Packets.isIntact(back.packet))
    #expect(Array(back.packet[16..<20]) == Frames.bytes(UInt64(Self.other), 4))
    #expect(Array(back.packet[24..<26]) == [0, 5])
  }

  @Test func aRangeIsUsedUpAndNotBeyond() throws {
    var bench = TrackBench()
    let nat = NATAction.source(Self.own, ports: 5000...5003)
    var seen: Set<UInt32> = []
    for port in UInt16(1)...4 {
      let there = try bench.take(Packets.udp(Self.inside, Self.outside, (port, 53)), nat: nat)
      seen.insert(Packets.ends(there.packet)[1])
    }
    #expect(seen == [5000, 5001, 5002, 5003])
    let fifth = try bench.take(Packets.udp(Self.inside, Self.outside, (5, 53)), nat: nat)
    #expect(fifth.outcome.drop == .portsExhausted && fifth.outcome.translation == nil)
    #expect(bench.tracker.count == 4)
  }

  @Test func hostsAreSpreadOverAddressesAndKeepTheirs() throws {
    var bench = TrackBench()
    var nat = NATAction.source(Self.own)
    nat.addresses = Self.own...(Self.own + 7)
    var seen: Set<UInt32> = []
    for host in UInt32(1)...24 {
      let addresses = try [UInt16(1), 2].map { port in
        let packet = Packets.udp(0x0a00_0100 + host, Self.outside, (port, 53))
        return Packets.ends(try bench.take(packet, nat: nat).packet)[0]
      }
      #expect(addresses[0] == addresses[1] && nat.addresses?.contains(addresses[0]) == true)
      seen.insert(addresses[0])
    }
    #expect(seen.count > 3)
  }

  @Test func aServiceIsReachedByAnotherAddressAndPort() throws {
    var bench = TrackBench()
    let nat = NATAction.destination(Self.inside, ports: 8080...8080)
    let there = try bench.take(
      Packets.tcp(Self.outside, Self.own, (4000, 80), .syn), nat: nat)
    #expect(Packets.ends(there.packet) == [Self.outside, 4000, Self.inside, 8080])
    #expect(there.outcome.state == [.new, .tracked, .destinationTranslated])
    let back = try bench.take(
      Packets.tcp(Self.inside, Self.outside, (8080, 4000), [.syn, .ack], ack: 1), commits: false,
      nat: NATAction())
    #expect(Packets.ends(back.packet) == [Self.own, 80, Self.outside, 4000])
    #expect(Packets.isIntact(there.packet) && Packets.isIntact(back.packet))
  }

  @Test func aHostReachesAServiceBesideItByTheOuterAddress() throws {
    // Both ends are translated: else the answer would go past the translator.
    var bench = TrackBench()
    let there = try bench.take(
      Packets.tcp(Self.other, Self.own, (4000, 80), .syn), nat: .source(Self.own),
      first: .destination(Self.inside, ports: 8080...8080))
    #expect(Packets.ends(there.packet) == [Self.own, 4000, Self.inside, 8080])
    let back = try bench.take(
      Packets.tcp(Self.inside, Self.own, (8080, 4000), [.syn, .ack], ack: 1), commits: false,
      nat: NATAction())
    #expect(Packets.ends(back.packet) == [Self.own, 80, Self.other, 4000])
    #expect(Packets.isIntact(there.packet) && Packets.isIntact(back.packet))
  }

  @Test func errorsAreTranslatedWithWhatTheyQuote() throws {
    var bench = TrackBench()
    let sent = Packets.udp(Self.inside, Self.outside, (4000, 53))
    let nat = NATAction.source(Self.own, ports: 9000...9000)
    let there = try bench.take(sent, nat: nat)
    let router: UInt32 = 0xc633_64fe
    let error = Packets.icmp(
      router, Self.own, type: 11, rest: 0, Array(there.packet.prefix(28)))
    let back = try bench.take(error, commits: false, nat: NATAction())
    #expect(
      back.outcome.state == [.related, .reply, .tracked, .destinationTranslated])
    #expect(Packets.isIntact(back.packet))
    // The host sees its own packet again, down to its checksums; the router stays the router.
    #expect(Array(back.packet[28...]) == Array(sent.prefix(28)))
    #expect(Array(back.packet[12..<16]) == Frames.bytes(UInt64(router), 4))
    #expect(Array(back.packet[16..<20]) == Frames.bytes(UInt64(Self.inside), 4))
  }

  @Test func errorsFromInsideAreHiddenLikeTheirHost() throws {
    var bench = TrackBench()
    let nat = NATAction.source(Self.own)
    _ = try bench.take(Packets.udp(Self.inside, Self.outside, (4000, 53)), nat: nat)
    let answer = Packets.udp(Self.outside, Self.own, (53, 4000))
    let delivered = try bench.take(answer, commits: false, nat: NATAction())
    // The host has closed its port, and says so.
    let error = Packets.icmp(
      Self.inside, Self.outside, type: 3, code: 3, rest: 0, delivered.packet)
    let out = try bench.take(error, commits: false, nat: NATAction())
    #expect(out.outcome.state == [.related, .tracked, .sourceTranslated])
    #expect(Packets.isIntact(out.packet))
    #expect(Array(out.packet[28...]) == answer)
    #expect(Array(out.packet[12..<16]) == Frames.bytes(UInt64(Self.own), 4))
  }

  @Test func noChecksumStaysNone() throws {
    var bench = TrackBench()
    var packet = Packets.udp(Self.inside, Self.outside, (4000, 53))
    (packet[26], packet[27]) = (0, 0)
    let there = try bench.take(packet, nat: .source(Self.own))
    #expect(there.packet[26...27] == [0, 0] && Packets.ends(there.packet)[0] == Self.own)
    // A wrong one stays wrong by as much.
    (packet[26], packet[27]) = (0x12, 0x34)
    let wrong = try bench.take(packet, nat: .source(Self.own))
    #expect(!Packets.isIntact(wrong.packet) && Packets.ends(wrong.packet)[0] == Self.own)
  }

  @Test func whatWasTranslatedIsKnownAgain() throws {
    // `ct(nat,table=1)` and then `ct(commit,nat(...))` in one zone.
    var bench = TrackBench()
    let nat = NATAction.source(Self.own)
    let there = try bench.take(Packets.udp(Self.inside, Self.outside, (4000, 53)), nat: nat)
    let again = try bench.take(there.packet, nat: nat, isTracked: true)
    #expect(again.outcome.state == [.new, .tracked, .sourceTranslated])
    #expect(again.packet == there.packet && bench.tracker.count == 1)
  }

  /// Many connections through one address: whoever answers reaches who asked.
  @Test(arguments: 0..<4)
  func answersAlwaysReachWhoAsked(seed: Int) throws {
    var generator = SplitMix64(seed: UInt64(seed))
    var bench = TrackBench { $0.capacity = 2048 }
    let nat = NATAction.source(Self.own, ports: 1024...1279)
    var open: [(asked: [UInt32], sent: [UInt32])] = []
    for _ in 0..<600 {
      let asked = Packets.udp(
        Self.inside + .random(in: 0...3, using: &generator),
        Self.outside + .random(in: 0...3, using: &generator),
        (.random(in: 1000...1300, using: &generator), 53))
      let there = try bench.take(asked, nat: nat)
      guard there.outcome.drop == nil else { continue }
      #expect(Packets.isIntact(there.packet))
      open.append((Packets.ends(asked), Packets.ends(there.packet)))
    }
    for (asked, sent) in open {
      let answer = Packets.udp(sent[2], sent[0], (UInt16(sent[3]), UInt16(sent[1])))
      let back = try bench.take(answer, commits: false, nat: NATAction())
      #expect(Packets.ends(back.packet) == [asked[2], asked[3], asked[0], asked[1]])
      #expect(Packets.isIntact(back.packet))
    }
    #expect(open.count > 400)
  }
}
