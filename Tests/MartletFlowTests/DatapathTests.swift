import MartletDevice
import MartletFlow
import Testing

@Suite struct DatapathTests {
  private static let first: UInt64 = 0x0200_0000_0001
  private static let second: UInt64 = 0x0200_0000_0002

  private func frame(
    to destination: UInt64 = second, from source: UInt64 = first, tci: UInt16? = nil,
    ports: (UInt16, UInt16) = (1000, 80), ttl: UInt8 = 64
  ) -> [UInt8] {
    let segment = Frames.tcp(0x0a00_0001, 0x0a00_0002, ports: ports)
    let packet = Frames.ipv4(0x0a00_0001, 0x0a00_0002, proto: 6, ttl: ttl, segment)
    return Frames.ethernet(to: destination, from: source, tci: tci, type: 0x800, packet)
  }

  @Test func withoutFlowsNothingLeaves() throws {
    let bench = try Bench()
    #expect(bench.ports(frame()) == [])
    #expect(bench.dropped(.noFlow) == 1)
    let asking = try Bench(miss: .controller)
    #expect(asking.ports(frame()) == [0])
  }

  @Test func theHighestPriorityWins() throws {
    let bench = try Bench()
    try bench.add(priority: 1, [.output(PortNumber(2), maxLength: 0)])
    try bench.add(priority: 9, [.output(PortNumber(3), maxLength: 0)]) {
      $0.set(.etherType, 0x800)
      $0.set(.ipProtocol, 6)
      $0.set(.transportDestination, 80)
    }
    try bench.add(priority: 5, [.output(PortNumber(4), maxLength: 0)]) {
      $0.set(.etherType, 0x800)
      $0.set(.ipv4Source, 0x0a00_0000, mask: 0xff00_0000)
    }
    for _ in 0..<2 {
      #expect(bench.ports(frame()) == [3])
      #expect(bench.ports(frame(ports: (1, 81))) == [4])
      #expect(bench.ports(Frames.ethernet(to: 1, from: 2, type: 0x88cc, [])) == [2])
    }
  }

  @Test func normalLearnsFloodsAndForgets() throws {
    let bench = try Bench()
    try bench.add([.output(.normal, maxLength: 0)])
    #expect(bench.ports(frame()) == [2, 3, 4])
    #expect(bench.ports(frame(to: Self.first, from: Self.second), from: 3) == [1])
    #expect(bench.ports(frame()) == [3])
    // Moved to another port.
    #expect(bench.ports(frame(to: Self.first, from: Self.second), from: 2) == [1])
    #expect(bench.ports(frame()) == [2])
    // On the same side.
    #expect(bench.ports(frame(to: Self.first, from: 0x0200_0000_0009), from: 1) == [])
    // For the bridges themselves.
    #expect(bench.ports(frame(to: 0x0180_c200_0000)) == [])
    bench.now = bench.now + .seconds(301)
    bench.datapath.poll(now: bench.now)
    #expect(bench.ports(frame()) == [2, 3, 4])
  }

  @Test func stationsThatSendStayKnown() throws {
    let bench = try Bench()
    try bench.add([.output(.normal, maxLength: 0)])
    _ = bench.ports(frame(to: Self.first, from: Self.second), from: 3)
    for _ in 0..<10 {
      bench.now = bench.now + .seconds(100)
      bench.datapath.poll(now: bench.now)
      _ = bench.ports(frame(to: Self.first, from: Self.second), from: 3)
    }
    #expect(bench.ports(frame()) == [3])
  }

  @Test func vlansStayApart() throws {
    let bench = try Bench()
    try bench.add([.output(.normal, maxLength: 0)])
    bench.datapath.updatePort(PortNumber(1)) { $0.vlan = .access(10) }
    bench.datapath.updatePort(PortNumber(2)) { $0.vlan = .access(20) }
    bench.datapath.updatePort(PortNumber(3)) { $0.vlan = .access(10) }
    let sent = bench.send(frame())
    #expect(sent.map(\.port) == [3, 4])
    #expect(sent.first?.frame == frame())
    // On the trunk it has its tag.
    #expect(sent.last?.frame == frame(tci: 10))
    let back = bench.send(frame(to: Self.first, from: Self.second, tci: 10), from: 4)
    #expect(back.map(\.port) == [1])
    #expect(back.first?.frame == frame(to: Self.first, from: Self.second))
    // A tag where none belongs.
    #expect(bench.ports(frame(tci: 10), from: 2) == [])
    #expect(bench.dropped(.vlan) == 1)
  }

  @Test func setFieldsKeepsChecksums() throws {
    let bench = try Bench()
    try bench.add([
      .setField(.transportDestination, value: 8080, mask: 0xffff),
      .setField(.ipv4Destination, value: 0xc0a8_0105, mask: 0xffff_ffff),
      .setField(.ethernetDestination, value: 0x0200_0000_00ff, mask: 0xffff_ffff_ffff),
      .decrementTTL, .output(PortNumber(2), maxLength: 0),
    ])
    for _ in 0..<2 {
      let sent = bench.send(frame())
      #expect(sent.count == 1)
      let result = try #require(sent.first?.frame)
      #expect(Frames.isIntact(result))
      #expect(Array(result[0..<6]) == [2, 0, 0, 0, 0, 0xff])
      #expect(Array(result[30..<34]) == [192, 168, 1, 5])
      #expect(Array(result[36..<38]) == [0x1f, 0x90])
      #expect(result[22] == 63)
    }
    #expect(bench.ports(frame(ttl: 1)) == [0])
  }

  @Test func tagsArePushedAndPopped() throws {
    let bench = try Bench()
    try bench.add([
      .pushVLAN(0x8100), .setField(.vlanID, value: 0x1000 | 7, mask: 0x1fff),
      .output(PortNumber(2), maxLength: 0), .popVLAN, .output(PortNumber(3), maxLength: 0),
      .setVLANID(9), .setVLANPriority(5), .output(PortNumber(4), maxLength: 0),
    ])
    let sent = bench.send(frame())
    #expect(sent.map(\.port) == [2, 3, 4])
    #expect(sent.map(\.frame) == [frame(tci: 7), frame(), frame(tci: 0xa009)])
  }

  @Test func labelsArePushedAndPopped() throws {
    let bench = try Bench()
    try bench.add([
      .pushMPLS(0x8847), .setField(.mplsLabel, value: 77, mask: 0xf_ffff),
      .output(PortNumber(2), maxLength: 0), .popMPLS(0x800),
      .setField(.transportDestination, value: 81, mask: 0xffff),
      .output(PortNumber(3), maxLength: 0),
    ])
    let sent = bench.send(frame())
    #expect(sent.map(\.port) == [2, 3])
    let labelled = try #require(sent.first?.frame)
    #expect(labelled.count == frame().count + 4)
    #expect(Array(labelled[12..<18]) == [0x88, 0x47, 0, 4, 0xd1, 64])
    #expect(sent.last?.frame == frame(ports: (1000, 81)))
  }

  @Test func tablesLeadToTables() throws {
    let bench = try Bench()
    try bench.add([
      .setField(.register0, value: 3, mask: 0xffff_ffff), .resubmit(nil, table: 2),
      .output(PortNumber(2), maxLength: 0), .writeActions([.output(PortNumber(4), maxLength: 0)]),
      .gotoTable(1),
    ])
    try bench.add(table: 1, [.writeActions([.popVLAN])])
    try bench.add(table: 2, [.outputRegister(FieldRange(.register0), maxLength: 0)]) {
      $0.set(.register0, 3)
    }
    for _ in 0..<2 { #expect(bench.ports(frame()) == [3, 2, 4]) }
    let circle = try Bench()
    try circle.add([.resubmit(nil, table: 0), .output(PortNumber(2), maxLength: 0)])
    #expect(circle.ports(frame()) == [])
    #expect(circle.dropped(.tooDeep) == 1)
  }

  /// As Open vSwitch has it: the port of `resubmit` counts for the search alone.
  @Test func resubmitChangesThePortForTheSearchOnly() throws {
    let bench = try Bench()
    try bench.add([.resubmit(PortNumber(2), table: 1)])
    try bench.add(table: 1, [1, 2].map { .output(PortNumber($0), maxLength: 0) }) {
      $0.set(.inPort, 2)
    }
    let frame = Frames.ethernet(to: 2, from: 4, type: 0x1234, [])
    #expect(bench.ports(frame, from: 1) == [2])
  }

  @Test func lifetimeEndsItsOwnListAlone() throws {
    let bench = try Bench()
    try bench.add([.resubmit(nil, table: 1), .output(PortNumber(2), maxLength: 0)])
    try bench.add(table: 1, [.decrementTTL, .output(PortNumber(3), maxLength: 0)])
    let packet = Frames.ipv4(1, 2, proto: 99, ttl: 1, [])
    let frame = Frames.ethernet(to: 2, from: 4, type: 0x0800, packet)
    #expect(bench.ports(frame) == [0, 2])
  }

  /// As Open vSwitch has it: a table found by `resubmit` may lead on, and what it writes down is done last.
  @Test func resubmittedTablesLeadOnAndWriteActions() throws {
    let bench = try Bench()
    try bench.add([.resubmit(nil, table: 1), .output(PortNumber(2), maxLength: 0)])
    try bench.add(
      table: 1, [.writeActions([.output(PortNumber(4), maxLength: 0)]), .gotoTable(2)])
    try bench.add(table: 2, [.output(PortNumber(3), maxLength: 0)])
    let frame = Frames.ethernet(to: 2, from: 4, type: 0x1234, [])
    #expect(bench.ports(frame) == [3, 2, 4])
  }

  @Test(arguments: [0x2000, 0x2005, 0x0005] as [UInt16])
  func fragmentsHaveNoPorts(fragment: UInt16) throws {
    let bench = try Bench()
    let udp = Frames.udp(1, 2, ports: (7, 80), [1])
    let packet = Frames.ipv4(1, 2, proto: 17, fragment: fragment, udp)
    let frame = Frames.ethernet(to: 2, from: 4, type: 0x0800, packet)
    try bench.add(priority: 2, [.output(PortNumber(2), maxLength: 0)]) {
      $0.set(.transportDestination, 80)
    }
    try bench.add(
      priority: 1,
      [
        .setField(.transportDestination, value: 5, mask: 0xFFFF),
        .output(PortNumber(3), maxLength: 0),
      ])
    #expect(bench.send(frame) == [Bench.Sent(port: 3, frame: frame)])
  }

  @Test func learnMakesFlows() throws {
    let bench = try Bench()
    var learn = LearnAction()
    learn.table = 1
    learn.parts = [
      .matchFrame(FieldRange(.ethernetDestination), from: FieldRange(.ethernetSource)),
      .output(FieldRange(.inPort)),
    ]
    try bench.add([.learn(learn), .resubmit(nil, table: 1)])
    try bench.add(table: 1, priority: 0, [.output(.flood, maxLength: 0)])
    #expect(bench.ports(frame()) == [2, 3, 4])
    #expect(bench.ports(frame(to: Self.first, from: Self.second), from: 4) == [1])
    #expect(bench.ports(frame()) == [4])
  }

  @Test func groupsChooseBuckets() throws {
    let bench = try Bench()
    var buckets = [2, 3].map { (port: UInt32) in
      Group.Bucket(actions: [.output(PortNumber(port), maxLength: 0)])
    }
    try bench.datapath.addGroup(Group(id: 1, kind: .all, buckets: buckets))
    try bench.add([.group(1), .output(PortNumber(4), maxLength: 0)])
    #expect(bench.ports(frame()) == [2, 3, 4])
    buckets[0].watchedPort = PortNumber(2)
    buckets[1].watchedPort = PortNumber(3)
    try bench.datapath.modifyGroup(Group(id: 1, kind: .fastFailover, buckets: buckets))
    #expect(bench.ports(frame()) == [2, 4])
    bench.datapath.updatePort(PortNumber(2)) { $0.isUp = false }
    #expect(bench.ports(frame()) == [3, 4])
    bench.datapath.updatePort(PortNumber(2)) { $0.isUp = true }
    try bench.datapath.modifyGroup(Group(id: 1, kind: .select, buckets: buckets))
    var counts: [UInt32: Int] = [:]
    for port in 1...400 {
      counts[bench.ports(frame(ports: (UInt16(port), 80)))[0], default: 0] += 1
    }
    #expect(Set(counts.keys) == [2, 3])
    #expect(counts.values.allSatisfy { $0 > 120 })
    bench.datapath.deleteGroup(1, now: bench.now)
    #expect(bench.flowCount == 0)
  }

  @Test func bucketsDoNotChangeWhatFollows() throws {
    let bench = try Bench()
    let bucket = Group.Bucket(actions: [
      .setField(.transportDestination, value: 1, mask: 0xffff), .pushVLAN(0x8100),
      .output(PortNumber(2), maxLength: 0),
    ])
    try bench.datapath.addGroup(Group(id: 1, kind: .all, buckets: [bucket]))
    try bench.add([.group(1), .output(PortNumber(3), maxLength: 0)])
    let sent = bench.send(frame())
    #expect(sent.map(\.port) == [2, 3])
    #expect(sent.last?.frame == frame())
  }

  @Test func metersDropWhatIsTooMuch() throws {
    let bench = try Bench()
    let band = Meter.Band(rate: 10, burst: 10, effect: .drop)
    try bench.datapath.addMeter(Meter(id: 1, unit: .packetsPerSecond, bands: [band]))
    try bench.add([.meter(1), .output(PortNumber(2), maxLength: 0)])
    var passed = 0
    for _ in 0..<30 { passed += bench.ports(frame()).count }
    #expect(passed == 10)
    bench.now = bench.now + .milliseconds(500)
    for _ in 0..<30 { passed += bench.ports(frame()).count }
    #expect(passed == 15)
    #expect(bench.dropped(.meter) == 45)
  }

  @Test func flowsEndAfterTheirTime() throws {
    let bench = try Bench()
    try bench.add([.output(PortNumber(2), maxLength: 0)], idle: 10, flags: .sendFlowRemoved)
    try bench.add(table: 1, [], hard: 15, flags: .sendFlowRemoved)
    for _ in 0..<3 {
      bench.now = bench.now + .seconds(6)
      bench.datapath.poll(now: bench.now)
      _ = bench.ports(frame())
    }
    #expect(bench.flowCount == 1)
    #expect(bench.nextRemovedFlow()?.reason == .hardTimeout)
    bench.now = bench.now + .seconds(11)
    bench.datapath.poll(now: bench.now)
    let removed = try #require(bench.nextRemovedFlow())
    #expect(removed.reason == .idleTimeout && removed.flow.packetCount == 3)
    #expect(bench.nextRemovedFlow() == nil)
    #expect(bench.ports(frame()) == [])
  }

  @Test func changesAreRefusedWithTheirReason() throws {
    let bench = try Bench()
    #expect(throws: FlowError.badGroup) { try bench.add([.group(5)]) }
    #expect(throws: FlowError.badMeter) { try bench.add([.meter(5)]) }
    #expect(throws: FlowError.badGoto) { try bench.add(table: 3, [.gotoTable(3)]) }
    #expect(throws: FlowError.unsupportedOrder) {
      try bench.add([.gotoTable(3), .output(PortNumber(1), maxLength: 0)])
    }
    #expect(throws: FlowError.badOutPort) { try bench.add([.output(.any, maxLength: 0)]) }
    try bench.add([]) { $0.set(.etherType, 0x800) }
    #expect(throws: FlowError.overlap) {
      try bench.add([], flags: .checkOverlap) { $0.set(.inPort, 1) }
    }
    var filter = FlowFilter()
    filter.match.set(.etherType, 0x806)
    #expect(bench.delete(filter) == 0)
    #expect(bench.delete(FlowFilter()) == 1)
  }
}
