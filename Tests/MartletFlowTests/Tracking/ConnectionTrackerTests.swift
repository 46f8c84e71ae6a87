import MartletDevice
import MartletWire
import Testing

@testable import MartletFlow

@Suite struct ConnectionTrackerTests {
  static let (inside, outside): (UInt32, UInt32) = (0x0a00_0001, 0xc000_0201)

  @Test func udpIsNewUntilItIsAnswered() throws {
    var bench = TrackBench()
    let there = Packets.udp(Self.inside, Self.outside, (4000, 53))
    let back = Packets.udp(Self.outside, Self.inside, (53, 4000))
    // Without commit nothing is remembered.
    #expect(try bench.take(there, commits: false).outcome.state == .begins)
    #expect(bench.tracker.count == 0)
    #expect(try bench.take(there).outcome.state == .begins)
    #expect(try bench.take(there).outcome.state == .begins)
    #expect(try bench.take(back, commits: false).outcome.state == .answers)
    #expect(try bench.take(there, commits: false).outcome.state == .follows)
    #expect(bench.tracker.count == 1)
    // Zones know nothing of each other.
    #expect(try bench.take(back, commits: false, zone: 7).outcome.state == .begins)
  }

  @Test func timeoutsGoByProtocolAndState() throws {
    var bench = TrackBench()
    _ = try bench.take(Packets.udp(Self.inside, Self.outside, (1, 53)))
    bench.advance(29)
    bench.tracker.poll(now: bench.now)
    #expect(bench.tracker.count == 1)
    _ = try bench.take(Packets.udp(Self.outside, Self.inside, (53, 1)))
    bench.advance(119)
    bench.tracker.poll(now: bench.now)
    #expect(bench.tracker.count == 1)
    // The deadline that is announced is never later than the true one.
    bench.advance(1)
    let due = bench.tracker.nextDeadline.map { $0 <= bench.now } ?? false
    #expect(due)
    bench.tracker.poll(now: bench.now)
    #expect(bench.tracker.count == 0)
    let none = bench.tracker.nextDeadline == nil
    #expect(none)
  }

  @Test func pingsAreTheirIdentifiers() throws {
    var bench = TrackBench()
    #expect(try bench.take(Packets.echo(Self.inside, Self.outside, 5)).outcome.state == .begins)
    #expect(
      try bench.take(Packets.echo(Self.outside, Self.inside, 5, isReply: true)).outcome.state
        == .answers)
    // The other way round with the same number it is another ping, and no answer.
    #expect(try bench.take(Packets.echo(Self.outside, Self.inside, 5)).outcome.state == .begins)
    #expect(
      try bench.take(Packets.echo(Self.outside, Self.inside, 6, isReply: true)).outcome.state
        == .strange)
    #expect(bench.tracker.count == 2)
  }

  @Test func errorsBelongToTheConnectionTheyQuote() throws {
    var bench = TrackBench()
    let sent = Packets.udp(Self.inside, Self.outside, (4000, 53))
    _ = try bench.take(sent)
    let router: UInt32 = 0xc633_6401
    let error = Packets.icmp(router, Self.inside, type: 3, code: 1, rest: 0, Array(sent.prefix(28)))
    #expect(
      try bench.take(error, commits: false).outcome.state == [.related, .reply, .tracked])
    let other = Packets.udp(Self.inside, Self.outside, (4001, 53))
    let forged = Packets.icmp(
      router, Self.inside, type: 3, code: 1, rest: 0, Array(other.prefix(28)))
    #expect(try bench.take(forged, commits: false).outcome.state == .strange)
    #expect(bench.tracker.dropped(.unrelated) == 1)
  }

  @Test func marksAndLabelsStay() throws {
    var bench = TrackBench()
    var request = TrackRequest()
    request.commits = true
    (request.mark, request.markMask) = (0x12, 0xff)
    (request.label, request.labelMask) = (1 << 100, 1 << 100)
    let there = try TrackBench.parse(Packets.udp(Self.inside, Self.outside, (1, 2)))
    let back = try TrackBench.parse(Packets.udp(Self.outside, Self.inside, (2, 1)))
    let first = bench.tracker.track(there, request, now: bench.now)
    #expect(first.mark == 0x12 && first.label == 1 << 100)
    let second = bench.tracker.track(back, TrackRequest(), now: bench.now)
    #expect(second.mark == 0x12 && second.label == 1 << 100)
    (request.mark, request.markMask, request.labelMask) = (0xf00, 0xf00, 0)
    #expect(bench.tracker.track(back, request, now: bench.now).mark == 0xf12)
  }

  @Test func piecesFollowTheFirst() throws {
    var bench = TrackBench()
    let datagram = Frames.udp(
      Self.inside, Self.outside, ports: (4000, 53), [UInt8](repeating: 7, count: 40))
    func piece(_ offset: Int, _ end: Int, more: Bool, id: UInt8) -> [UInt8] {
      var packet = Frames.ipv4(
        Self.inside, Self.outside, proto: 17,
        fragment: UInt16(offset / 8) | (more ? 0x2000 : 0), Array(datagram[offset..<end]))
      // The identification is under the header's checksum.
      packet[5] = id
      (packet[10], packet[11]) = (0, 0)
      let sum = Frames.checksum(Array(packet[..<20]))
      (packet[10], packet[11]) = (UInt8(sum >> 8), UInt8(sum & 255))
      return packet
    }
    let nat = NATAction.source(0xc000_02fe, ports: 9000...9000)
    // Before its first piece a later one belongs nowhere.
    #expect(try bench.take(piece(24, 48, more: false, id: 3), nat: nat).outcome.state == .strange)
    #expect(bench.tracker.dropped(.fragmentUnknown) == 1)
    let first = try bench.take(piece(0, 24, more: true, id: 3), nat: nat)
    let last = try bench.take(piece(24, 48, more: false, id: 3), nat: nat)
    #expect(last.outcome.state == [.new, .tracked, .sourceTranslated])
    #expect(bench.tracker.count == 1)
    // Put together again the datagram is right.
    let whole = Frames.ipv4(
      0xc000_02fe, Self.outside, proto: 17, Array(first.packet[20...]) + last.packet[20...])
    #expect(Packets.isIntact(whole))
    #expect(Packets.ends(whole) == [0xc000_02fe, 9000, Self.outside, 53])
    // Another packet's piece is not taken for this one's.
    #expect(try bench.take(piece(24, 48, more: false, id: 4), nat: nat).outcome.state == .strange)
    bench.advance(31)
    #expect(try bench.take(piece(24, 48, more: false, id: 3), nat: nat).outcome.state == .strange)
  }

  // MARK: Bounds

  @Test func aFloodLeavesEstablishedConnectionsAlone() throws {
    var bench = TrackBench { $0.capacity = 16 }
    for port in UInt16(1)...8 {
      _ = try bench.take(Packets.udp(Self.inside, Self.outside, (port, 53)))
      _ = try bench.take(Packets.udp(Self.outside, Self.inside, (53, port)))
      _ = try bench.take(Packets.udp(Self.inside, Self.outside, (port, 53)))
    }
    for port in UInt16(1000)...2000 {
      #expect(
        try bench.take(Packets.udp(Self.inside, Self.outside, (port, 53))).outcome.state == .begins)
      #expect(bench.tracker.count <= 16)
    }
    #expect(bench.tracker.evictionCount == 993)
    for port in UInt16(1)...8 {
      let state = try bench.take(Packets.udp(Self.inside, Self.outside, (port, 53))).outcome.state
      #expect(state == .follows)
    }
  }

  @Test func aTableOfAssuredConnectionsTakesNoMore() throws {
    var bench = TrackBench { $0.capacity = 4 }
    for port in UInt16(1)...4 {
      _ = try bench.take(Packets.udp(Self.inside, Self.outside, (port, 53)))
      _ = try bench.take(Packets.udp(Self.outside, Self.inside, (53, port)))
      _ = try bench.take(Packets.udp(Self.inside, Self.outside, (port, 53)))
    }
    #expect(
      try bench.take(Packets.udp(Self.inside, Self.outside, (9, 53))).outcome.state == .strange)
    #expect(bench.tracker.dropped(.tableFull) == 1)
    bench.advance(121)
    #expect(
      try bench.take(Packets.udp(Self.inside, Self.outside, (9, 53))).outcome.state == .begins)
  }

  @Test func zonesHaveTheirLimit() throws {
    var bench = TrackBench { $0.zoneLimit = 2 }
    for port in UInt16(1)...2 {
      _ = try bench.take(Packets.udp(Self.inside, Self.outside, (port, 53)), zone: 1)
    }
    let third = Packets.udp(Self.inside, Self.outside, (3, 53))
    #expect(try bench.take(third, zone: 1).outcome.drop == .zoneFull)
    #expect(try bench.take(third, zone: 2).outcome.state == .begins)
    bench.tracker.flush(zone: 1)
    #expect(bench.tracker.count == 1)
    #expect(try bench.take(third, zone: 1).outcome.state == .begins)
  }

  @Test func anyBytesAreRead() {
    var generator = SplitMix64(seed: 42)
    let samples = [
      Packets.udp(1, 2, (3, 4)), Packets.echo(1, 2, 3),
      Packets.tcp(1, 2, (3, 4), .syn, options: [3, 3, 7, 1]),
      Packets.icmp(1, 2, type: 3, rest: 0, Packets.udp(1, 2, (3, 4))),
    ]
    var bench = TrackBench()
    for round in 0..<20_000 {
      var packet = samples[round & 3]
      for _ in 0..<Int.random(in: 0...4, using: &generator) {
        packet[Int.random(in: packet.indices, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      packet.removeLast(Int.random(in: 0...packet.count, using: &generator))
      _ = try? bench.take(packet, nat: .source(9), first: .destination(8))
    }
    #expect(bench.tracker.count <= 64)
  }

  // MARK: Model

  /// Random traces of UDP against a tracker that is written down as one would say it.
  @Test(arguments: 0..<8)
  func randomTracesAreAsTheModelSays(seed: Int) throws {
    struct Known {
      var ports: (UInt16, UInt16)
      var zone: UInt16
      var isAnswered: Bool
      var deadline: Instant
    }
    var generator = SplitMix64(seed: UInt64(seed))
    var bench = TrackBench { $0.capacity = 4096 }
    var model: [Known] = []
    for _ in 0..<4000 {
      bench.now = bench.now + .milliseconds(.random(in: 0...2000, using: &generator))
      model.removeAll { $0.deadline <= bench.now }
      let ports = (UInt16.random(in: 1...12, using: &generator), UInt16(53))
      let zone = UInt16.random(in: 0...2, using: &generator)
      let isBack = Bool.random(using: &generator)
      let commits = Bool.random(using: &generator)
      let packet =
        isBack
        ? Packets.udp(Self.outside, Self.inside, (ports.1, ports.0))
        : Packets.udp(Self.inside, Self.outside, ports)
      bench.tracker.poll(now: bench.now)
      let state = try bench.take(packet, commits: commits, zone: zone).outcome.state
      let own = isBack ? (ports.1, ports.0) : ports
      let place = model.firstIndex {
        $0.zone == zone && ($0.ports == own || $0.ports == (own.1, own.0))
      }
      if let place {
        let isReply = model[place].ports != own
        if isReply { model[place].isAnswered = true }
        model[place].deadline = bench.now + .seconds(model[place].isAnswered ? 120 : 30)
        let expected: TrackState =
          isReply ? .answers : model[place].isAnswered ? .follows : .begins
        #expect(state == expected)
      } else {
        #expect(state == .begins)
        if commits {
          model.append(
            Known(ports: own, zone: zone, isAnswered: false, deadline: bench.now + .seconds(30)))
        }
      }
      #expect(bench.tracker.count == model.count)
    }
    bench.advance(1000)
    bench.tracker.poll(now: bench.now)
    #expect(bench.tracker.count == 0)
  }
}
