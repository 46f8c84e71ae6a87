internal import MartletDevice

extension Datapath {
  /// How deep tables may lead to tables by `resubmit`.
  static var depthLimit: Int { 64 }
  /// How many lookups a frame may cost.
  static var lookupLimit: Int { 4096 }

  /// Finds out what becomes of a frame.
  ///
  /// - Parameters:
  ///   - key: What flows see of it.
  ///   - frame: Its bytes, which are needed where a header comes to light.
  ///   - now: The time.
  ///   - traces: Whether what happens is written down.
  /// - Returns: What is to be done, and what was looked at.
  mutating func translate(
    _ key: FlowKey, _ frame: RawSpan, now: Instant, traces: Bool = false
  ) -> Translation {
    var translation = Translation(key)
    if traces { translation.trace = [] }
    var first: UInt8 = 0
    if key.resumption > 0 {
      let resumption = resumptions[Int(key.resumption) - 1]
      first = resumption.table
      translation.actionSet = resumption.actionSet
    }
    runTables(from: first, &translation, frame, now: now)
    finish(&translation)
    return translation
  }

  /// The same for a list of actions, as a packet-out brings it.
  mutating func translate(
    _ actions: [Action], _ key: FlowKey, _ frame: RawSpan, now: Instant
  ) -> Translation {
    var translation = Translation(key)
    translation.isCacheable = false
    apply(actions, &translation, frame, now: now)
    finish(&translation)
    return translation
  }

  private func finish(_ translation: inout Translation) {
    let sends = translation.verdict.steps.contains { step in
      switch step {
      case .output, .controller, .track: true
      default: false
      }
    }
    if !sends, translation.verdict.drop == nil { translation.verdict.drop = .byFlow }
    if sends { translation.verdict.drop = nil }
  }

  // MARK: Tables

  /// Goes through the tables from one on, as `gotoTable` leads, then does what was written down.
  mutating func runTables(
    from first: UInt8, _ translation: inout Translation, _ frame: RawSpan, now: Instant
  ) {
    var next: UInt8? = first
    while let table = next, !translation.hasEnded {
      translation.nextTable = nil
      lookUp(in: table, &translation, frame, now: now)
      next = translation.nextTable
    }
    applyActionSet(&translation, frame, now: now)
  }

  /// Does what `writeActions` has gathered.
  private mutating func applyActionSet(
    _ translation: inout Translation, _ frame: RawSpan, now: Instant
  ) {
    let actions = translation.actionSet
    translation.actionSet = []
    guard !translation.hasEnded, !actions.isEmpty else { return }
    apply(ActionSet.ordered(actions), &translation, frame, now: now)
  }

  /// Looks a frame up, as if it had come by another port where `port` says so, and does what is found; the
  /// actions see the real port again.
  private mutating func lookUp(
    in table: UInt8, as port: PortNumber? = nil, _ translation: inout Translation, _ frame: RawSpan,
    now: Instant
  ) {
    guard Int(table) < tables.count else { return }
    translation.lookups += 1
    guard translation.depth < Self.depthLimit, translation.lookups <= Self.lookupLimit else {
      translation.verdict.drop = .tooDeep
      translation.hasEnded = true
      translation.note(.dropped(.tooDeep))
      return
    }
    let place = Int(table)
    tables[place].lookupCount &+= 1
    let inPort = translation.key.inPort
    if let port { translation.key.inPort = port }
    let found = tables[place].find(translation.key, in: store, noting: &translation.mask)
    translation.key.inPort = inPort
    guard let found, let specification = store.flows[Int(found)]?.specification else {
      translation.note(.lookup(table: table, flow: nil, depth: translation.depth))
      meetMiss(in: table, &translation)
      return
    }
    tables[place].matchCount &+= 1
    translation.note(.lookup(table: table, flow: specification, depth: translation.depth))
    translation.verdict.flows.append(found)
    let (oldTable, oldCookie, wasMiss) = (translation.table, translation.cookie, translation.isMiss)
    translation.table = table
    translation.cookie = specification.cookie
    translation.isMiss = specification.priority == 0 && specification.match.isAny
    apply(specification.actions, &translation, frame, now: now)
    if translation.depth > 0 {
      (translation.table, translation.cookie, translation.isMiss) = (oldTable, oldCookie, wasMiss)
    }
  }

  private func meetMiss(in table: UInt8, _ translation: inout Translation) {
    // A table that was reached by `resubmit` has no miss: the list goes on.
    guard translation.depth == 0 else { return }
    switch miss {
    case .drop:
      if translation.verdict.steps.isEmpty { translation.verdict.drop = .noFlow }
      translation.note(.dropped(.noFlow))
    case .controller:
      translation.table = table
      translation.sendToController(maxLength: 0, id: 0, reason: .noMatch)
    }
  }

  // MARK: Actions

  /// Does a list of actions.
  mutating func apply(
    _ actions: [Action], _ translation: inout Translation, _ frame: RawSpan, now: Instant
  ) {
    for action in actions {
      if translation.hasEnded { return }
      translation.note(.action(action, depth: translation.depth))
      apply(action, &translation, frame, now: now)
      if translation.endsList {
        translation.endsList = false
        return
      }
    }
  }

  private mutating func apply(
    _ action: Action, _ translation: inout Translation, _ frame: RawSpan, now: Instant
  ) {
    switch action {
    case .output(let port, let maxLength):
      output(port, maxLength: maxLength, &translation, frame, now: now)
    case .enqueue(let port, _): output(port, maxLength: 0, &translation, frame, now: now)
    case .outputRegister(let range, let maxLength):
      translation.mask[range.field] |= range.mask
      let port = PortNumber(bits: range.value(in: translation.key), count: range.count)
      output(port, maxLength: maxLength, &translation, frame, now: now)
    case .controller(let maxLength, let id, let reason):
      translation.sendToController(
        maxLength: maxLength, id: id, reason: translation.isMiss ? .noMatch : reason)
    case .group(let id): applyGroup(id, &translation, frame, now: now)
    case .resubmit(let port, let table):
      resubmit(port, table, &translation, frame, now: now)
    case .learn(let learn): apply(learn, &translation, now: now)
    case .track(let track): apply(track, &translation)
    case .clearTracking:
      for field in [Field.trackState, .trackZone, .trackMark, .trackLabel] {
        translation.note(field)
        translation.key[field] = 0
      }
    case .clone(let inner):
      // The copy has a way of its own to the end, with what was written down until here (as Open vSwitch
      // has it).
      let written = translation.actionSet
      withCopy(&translation) { (self: inout Self, translation: inout Translation) in
        self.apply(inner, &translation, frame, now: now)
        self.applyActionSet(&translation, frame, now: now)
      }
      translation.actionSet = written
    case .exit: translation.hasEnded = true
    case .clearActions: translation.actionSet = []
    case .writeActions(let inner): translation.actionSet += inner
    case .writeMetadata(let value, let mask):
      let old = UInt64(truncatingIfNeeded: translation.key[.metadata])
      translation.mask[.metadata] |= UInt128(mask)
      translation.key[.metadata] = UInt128(old & ~mask | value & mask)
    case .gotoTable(let table): translation.nextTable = table
    case .meter(let id): translation.append(.meter(id))
    default: change(action, &translation, frame)
    }
  }

  // MARK: Output

  private mutating func output(
    _ port: PortNumber, maxLength: UInt16, _ translation: inout Translation, _ frame: RawSpan,
    now: Instant
  ) {
    switch port {
    case .inPort: send(to: translation.key.inPort, &translation)
    case .normal: forwardNormally(&translation, now: now)
    case .flood, .all:
      for other in ports where other.number != translation.key.inPort {
        if port == .flood, other.flags.contains(.noFlood) { continue }
        send(to: other.number, &translation)
      }
    case .controller:
      translation.sendToController(
        maxLength: maxLength, id: 0, reason: translation.isMiss ? .noMatch : .action)
    case .table:
      translation.depth += 1
      runTables(from: 0, &translation, frame, now: now)
      translation.depth -= 1
    case .none, .any: return
    default:
      // Back to where it came from only by `inPort`.
      if port != translation.key.inPort {
        send(to: port, &translation)
      } else if translation.verdict.steps.isEmpty {
        translation.verdict.drop = .sameSide
      }
    }
  }

  func send(to number: PortNumber, _ translation: inout Translation) {
    guard port(number)?.sends == true else {
      if translation.verdict.drop == nil { translation.verdict.drop = .portDown }
      return
    }
    translation.send(to: number)
  }

  private mutating func resubmit(
    _ port: PortNumber?, _ table: UInt8?, _ translation: inout Translation, _ frame: RawSpan,
    now: Instant
  ) {
    translation.depth += 1
    let next = translation.nextTable
    translation.nextTable = nil
    lookUp(
      in: table ?? translation.table, as: port == .inPort ? nil : port, &translation, frame,
      now: now)
    // `goto_table` of what was found leads on before the list goes on.
    while let further = translation.nextTable, !translation.hasEnded {
      translation.nextTable = nil
      lookUp(in: further, &translation, frame, now: now)
    }
    translation.nextTable = next
    translation.depth -= 1
  }

  /// Does something with a copy of the frame: afterwards it is again what it was.
  private mutating func withCopy(
    _ translation: inout Translation, _ body: (inout Self, inout Translation) -> Void
  ) {
    let (key, stack) = (translation.key, translation.stack)
    let (base, type) = (translation.base, translation.vlanType)
    let before = translation.verdict.steps.count
    let hadEnded = translation.hasEnded
    translation.depth += 1
    body(&self, &translation)
    translation.depth -= 1
    translation.hasEnded = hadEnded
    translation.key = key
    translation.stack = stack
    translation.vlanType = type
    guard translation.verdict.steps[before...].contains(where: { $0.changesLayout }) else { return }
    // Tags and labels are not changed back: the frame is taken as it came and done again what was done
    // before.
    translation.append(.restore)
    for step in translation.verdict.steps[..<before] where step.changesFrame {
      translation.append(step)
    }
    translation.base = base
  }

  // MARK: Groups

  private mutating func applyGroup(
    _ id: UInt32, _ translation: inout Translation, _ frame: RawSpan, now: Instant
  ) {
    translation.lookups += 1
    guard let place = place(ofGroup: id), translation.depth < 16,
      translation.lookups <= Self.lookupLimit
    else {
      translation.verdict.drop = .group
      return
    }
    let group = groups[place]
    translation.append(.countGroup(id))
    let chosen: [Int]
    switch group.kind {
    case .all: chosen = group.buckets.indices.filter { isLive(group.buckets[$0]) }
    case .indirect: chosen = group.buckets.isEmpty ? [] : [0]
    case .select: chosen = select(from: group, &translation).map { [$0] } ?? []
    case .fastFailover: chosen = group.buckets.firstIndex { isLive($0) }.map { [$0] } ?? []
    }
    if chosen.isEmpty {
      if translation.verdict.drop == nil { translation.verdict.drop = .group }
      translation.note(.dropped(.group))
    }
    for index in chosen {
      translation.note(.bucket(group: id, index: index))
      let actions = ActionSet.ordered(group.buckets[index].actions)
      withCopy(&translation) { (self: inout Self, translation: inout Translation) in
        self.apply(actions, &translation, frame, now: now)
      }
    }
  }

  /// The bucket for a conversation: by a hash of its addresses and ports, as the weights say.
  private func select(from group: Group, _ translation: inout Translation) -> Int? {
    let live = group.buckets.indices.filter {
      group.buckets[$0].weight > 0 && isLive(group.buckets[$0])
    }
    let total = live.reduce(0) { $0 + UInt64(group.buckets[$1].weight) }
    guard total > 0 else { return nil }
    let fields: [Field] = [
      .ethernetSource, .ethernetDestination, .vlanTCI, .ipv4Source, .ipv4Destination, .ipv6Source,
      .ipv6Destination, .ipProtocol, .transportSource, .transportDestination,
    ]
    var mask = FlowMask()
    for field in fields { mask.insert(field) }
    translation.mask.formUnion(mask)
    var rest = mask.hash(translation.key, seed: configuration.seed ^ UInt64(group.id)) % total
    for index in live {
      let weight = UInt64(group.buckets[index].weight)
      if rest < weight { return index }
      rest -= weight
    }
    return live.last
  }
}
