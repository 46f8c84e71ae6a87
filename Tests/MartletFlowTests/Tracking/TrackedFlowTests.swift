import MartletDevice
import MartletFlow
import Testing

/// `ct` and `nat` as flows have them.
@Suite struct TrackedFlowTests {
  static let (inside, outside, own): (UInt32, UInt32, UInt32) = (
    0x0a00_0001, 0xc633_6401, 0xc000_0201
  )
  /// ct(zone=1,table=1)
  static let look: Action = {
    var track = TrackAction()
    track.zone = .number(1)
    track.table = 1
    return .track(track)
  }()

  /// ct(commit,zone=1,…)
  static func commit(_ actions: [Action] = []) -> Action {
    var track = TrackAction()
    track.zone = .number(1)
    track.commits = true
    track.actions = actions
    return .track(track)
  }

  static func frame(_ packet: [UInt8]) -> [UInt8] {
    Frames.ethernet(to: 0x0200_0000_0002, from: 0x0200_0000_0001, type: 0x800, packet)
  }

  static func udp(
    _ source: UInt32, _ destination: UInt32, _ ports: (UInt16, UInt16)
  ) -> [UInt8] {
    frame(
      Frames.ipv4(
        source, destination, proto: 17, Frames.udp(source, destination, ports: ports, [1])))
  }

  @Test func answersPassAndStrangersDoNot() throws {
    let bench = try Bench()
    try bench.add([Self.look]) { $0.set(.etherType, 0x800) }
    // From port 1 a connection may begin; from port 2 only answers come.
    try bench.add(table: 1, [Self.commit(), .output(PortNumber(2), maxLength: 0)]) {
      $0.set(.inPort, 1)
      $0.set(.trackState, 0x21, mask: 0x21)
    }
    for (port, target) in [(UInt128(1), UInt32(2)), (2, 1)] {
      try bench.add(table: 1, [.output(PortNumber(target), maxLength: 0)]) {
        $0.set(.inPort, port)
        $0.set(.trackState, 0x22, mask: 0x22)
      }
    }
    let there = Self.udp(Self.inside, Self.outside, (4000, 53))
    let back = Self.udp(Self.outside, Self.inside, (53, 4000))
    #expect(bench.ports(back, from: 2).isEmpty)
    // Twice, so that the second goes by the cache.
    for _ in 0..<3 { #expect(bench.ports(there) == [2]) }
    for _ in 0..<3 { #expect(bench.ports(back, from: 2) == [1]) }
    for _ in 0..<3 { #expect(bench.ports(there) == [2]) }
    #expect(bench.ports(Self.udp(Self.outside, Self.inside, (54, 4000)), from: 2).isEmpty)
    // What is forgotten is a stranger again.
    bench.now = bench.now + .seconds(1000)
    bench.datapath.poll(now: bench.now)
    #expect(bench.ports(back, from: 2).isEmpty)
  }

  @Test func marksAreMatched() throws {
    let bench = try Bench()
    try bench.add([Self.look])
    try bench.add(
      table: 1, priority: 1,
      [
        Self.commit([.setField(.trackMark, value: 7, mask: 0xffff_ffff)]),
        .output(PortNumber(2), maxLength: 0),
      ])
    try bench.add(table: 1, priority: 2, [.output(PortNumber(3), maxLength: 0)]) {
      $0.set(.trackMark, 7)
    }
    let there = Self.udp(Self.inside, Self.outside, (4000, 53))
    #expect(bench.ports(there) == [2])
    #expect(bench.ports(there) == [3])
  }

  @Test func addressesAreTranslatedByFlows() throws {
    // As facts have it: ct(commit,zone=1,nat(src=A)),output:2 and back ct(zone=1,nat,table=1).
    let bench = try Bench()
    var nat = NATAction()
    nat.direction = .source
    nat.addresses = Self.own...Self.own
    try bench.add([Self.commit([.nat(nat)]), .output(PortNumber(2), maxLength: 0)]) {
      $0.set(.inPort, 1)
    }
    var look = TrackAction()
    look.zone = .number(1)
    look.table = 1
    look.actions = [.nat(NATAction())]
    try bench.add([.track(look)]) { $0.set(.inPort, 2) }
    try bench.add(table: 1, [.output(PortNumber(1), maxLength: 0)]) {
      $0.set(.trackState, 0x2a, mask: 0x2a)
    }
    let sent = bench.send(Self.udp(Self.inside, Self.outside, (4000, 53)))
    let expected = Self.udp(Self.own, Self.outside, (4000, 53))
    #expect(sent == [Bench.Sent(port: 2, frame: expected)])
    let back = bench.send(Self.udp(Self.outside, Self.own, (53, 4000)), from: 2)
    #expect(
      back == [Bench.Sent(port: 1, frame: Self.udp(Self.outside, Self.inside, (53, 4000)))])
    #expect(bench.ports(Self.udp(Self.outside, Self.own, (53, 4001)), from: 2).isEmpty)
  }

  @Test func whatIsNoPacketIsInvalid() throws {
    let bench = try Bench()
    try bench.add([Self.look])
    try bench.add(table: 1, [.output(PortNumber(4), maxLength: 0)]) {
      $0.set(.trackState, 0x30, mask: 0x30)
    }
    let arp = Frames.ethernet(
      to: 0xffff_ffff_ffff, from: 1, type: 0x806, [UInt8](repeating: 0, count: 28))
    #expect(bench.ports(arp) == [4])
    let cut = Self.frame(Array(Frames.ipv4(1, 2, proto: 6, [0, 1, 2])))
    #expect(bench.ports(cut) == [4])
  }
}
