import MartletDevice
import MartletFlow
import Testing

/// Random tables and frames: the caches, the search and a list that is read from the top must agree.
@Suite struct DifferentialTests {
  /// A match that some frames of the maker are for: the key of one under a random mask.
  static func match(_ maker: inout FrameMaker) -> FlowMatch {
    let key = Bench.key(maker.frame(), on: UInt32(1 + maker.below(3)))
    let fields = Field.allCases.filter { $0 != .conjunctionID }
    var match = FlowMatch()
    for _ in 0..<maker.below(4) {
      let field = fields[maker.below(fields.count)]
      let all: UInt128 = field.width == 128 ? .max : (1 << UInt128(field.width)) - 1
      let mask: UInt128
      switch maker.below(3) {
      case 0: mask = all
      case 1: mask = all & ~((1 << UInt128(maker.below(field.width))) - 1)
      default: mask = UInt128(maker.random.next()) & all
      }
      match.add(field, key[field], mask: mask)
    }
    return match
  }

  @Test(arguments: 0..<40)
  func searchFindsWhatAListFinds(seed: UInt64) throws {
    var maker = FrameMaker(seed: seed)
    let bridge = try Bench(ports: 1...6)
    var flows: [(priority: UInt16, match: FlowMatch)] = []
    for index in 0..<60 {
      let priority = UInt16(maker.below(1000) * 60 + index)
      let match = Self.match(&maker)
      flows.append((priority, match))
      try bridge.add(
        priority: priority,
        [
          .setField(.ethernetSource, value: UInt128(priority), mask: 0xFFFF),
          .output(PortNumber(5), maxLength: 0),
        ]
      ) { $0 = match }
    }
    flows.sort { $0.priority > $1.priority }
    for _ in 0..<300 {
      let frame = maker.frame()
      let port = UInt32(1 + maker.below(3))
      let key = Bench.key(frame, on: port)
      let expected = flows.first { $0.match.matches(key) }?.priority
      let sent = bridge.send(frame, from: port)
      let found = sent.first.map { UInt16($0.frame[10]) << 8 | UInt16($0.frame[11]) }
      #expect(found == expected)
    }
  }

  @Test(arguments: 0..<20)
  func deletionReachesWhatAListHas(seed: UInt64) throws {
    var maker = FrameMaker(seed: 500 + seed)
    let bridge = try Bench(ports: 1...6)
    var flows: [FlowMatch] = []
    for _ in 0..<200 {
      let match = Self.match(&maker)
      if !flows.contains(match) { flows.append(match) }
      try bridge.add([]) { $0 = match }
    }
    #expect(bridge.flowCount == flows.count)
    for _ in 0..<30 {
      var filter = FlowFilter()
      filter.match = maker.chance(2) ? Self.match(&maker) : flows[maker.below(flows.count)]
      if maker.chance(20) { filter.strictPriority = 32768 }
      let gone = flows.filter {
        filter.strictPriority == nil ? $0.isWithin(filter.match) : $0 == filter.match
      }
      #expect(bridge.delete(filter) == gone.count)
      flows.removeAll { gone.contains($0) }
      #expect(bridge.flowCount == flows.count)
      if flows.isEmpty { return }
    }
  }

  @Test(arguments: 0..<50)
  func cachedFramesFareAsOthers(seed: UInt64) throws {
    var maker = FrameMaker(seed: 1000 + seed)
    let cached = try Bench(ports: 1...6)
    let plain = try Bench(ports: 1...6)
    let actions = ActionMaker(tables: 4)
    for group in 1...2 {
      var buckets: [Group.Bucket] = []
      for _ in 0..<2 {
        buckets.append(
          Group.Bucket(
            actions: actions.simple(&maker) + [
              .output(PortNumber(UInt32(1 + maker.below(6))), maxLength: 0)
            ]))
      }
      let value = Group(id: UInt32(group), kind: group == 1 ? .all : .select, buckets: buckets)
      try cached.datapath.addGroup(value)
      try plain.datapath.addGroup(value)
    }
    for table in 0..<4 {
      for index in 0..<8 {
        let priority = UInt16(maker.below(100) * 10 + index)
        let match = Self.match(&maker)
        let list = actions.list(&maker, in: table)
        try cached.add(table: UInt8(table), priority: priority, list) { $0 = match }
        try plain.add(table: UInt8(table), priority: priority, list) { $0 = match }
      }
      let list = actions.list(&maker, in: table)
      try cached.add(table: UInt8(table), priority: 0, list)
      try plain.add(table: UInt8(table), priority: 0, list)
    }
    for round in 0..<200 {
      let isMangled = maker.chance(3)
      let frame = isMangled ? maker.mangledFrame() : maker.frame()
      let port = UInt32(1 + maker.below(3))
      let first = cached.send(frame, from: port)
      // Any change forgets what was remembered.
      plain.datapath.miss = .drop
      let second = plain.send(frame, from: port)
      #expect(first == second, "seed \(seed), frame \(round)")
      guard first == second, !isMangled else { continue }
      for sent in first {
        #expect(Checker.isIntact(sent.frame), "seed \(seed), frame \(round): \(sent)")
      }
    }
  }
}
