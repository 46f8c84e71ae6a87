public import MartletDevice

extension Datapath {
  // MARK: Changes

  /// Adds a flow; one with the same match and priority is replaced.
  ///
  /// - Parameters:
  ///   - specification: The flow.
  ///   - now: The time.
  /// - Throws: What is wrong with it, or that there is no room.
  public mutating func add(_ specification: FlowSpecification, now: Instant) throws(FlowError) {
    let table = Int(specification.table)
    guard table < tables.count else { throw .badTable }
    try check(specification.actions, in: specification.table)
    if specification.flags.contains(.checkOverlap), overlaps(specification) { throw .overlap }
    if let old = tables[table].find(
      specification.match, priority: specification.priority, in: store)
    {
      replace(old, by: specification, now: now)
      return
    }
    guard store.count < configuration.flowLimit else { throw .tableFull }
    let flow = Flow(specification, now: now)
    let number = store.insert(flow)
    tables[table].insert(number, specification.match, in: &store)
    noteFlowChange()
    nextExpiry = earliest(nextExpiry, flow.deadline)
  }

  /// Changes the actions of flows; how many there were.
  public mutating func modify(
    _ filter: FlowFilter, actions: [Action], cookie: UInt64? = nil
  ) throws(FlowError) -> Int {
    try check(actions, in: filter.table ?? 0)
    let numbers = self.numbers(of: filter)
    for number in numbers {
      store.update(number) {
        $0.specification.actions = actions
        if let cookie { $0.specification.cookie = cookie }
      }
    }
    if !numbers.isEmpty { noteFlowChange() }
    return numbers.count
  }

  /// Deletes flows; how many there were.
  @discardableResult
  public mutating func delete(_ filter: FlowFilter, now: Instant) -> Int {
    let numbers = self.numbers(of: filter)
    for number in numbers { remove(number, .deleted, now: now) }
    return numbers.count
  }

  // MARK: Looking

  /// Calls `body` with each flow that a filter includes.
  public func forEachFlow(_ filter: FlowFilter = FlowFilter(), _ body: (Flow) -> Void) {
    for number in store.flows.indices {
      if let flow = store.flow(number), filter.includes(flow) { body(flow) }
    }
  }

  /// The number of flows, of lookups and of matches of a table.
  public func tableStatistics(_ table: Int) -> (flows: Int, lookups: UInt64, matches: UInt64) {
    (tables[table].count, tables[table].lookupCount, tables[table].matchCount)
  }

  // MARK: Inside

  private mutating func noteFlowChange() {
    version &+= 1
    flowChangeCount &+= 1
  }

  private func numbers(of filter: FlowFilter) -> [Int32] {
    // With everything said there is one at most, and no need to look at all.
    if let priority = filter.strictPriority, let table = filter.table {
      guard Int(table) < tables.count,
        let number = tables[Int(table)].find(filter.match, priority: priority, in: store),
        let flow = store.flows[Int(number)], filter.includes(flow)
      else { return [] }
      return [number]
    }
    var numbers: [Int32] = []
    for (index, table) in tables.enumerated() where table.count > 0 {
      if let wanted = filter.table, Int(wanted) != index { continue }
      table.forEachFlow(within: filter.match, in: store) { number in
        if let flow = store.flows[Int(number)], filter.includes(flow) { numbers.append(number) }
      }
    }
    numbers.sort()
    return numbers
  }

  private func overlaps(_ new: FlowSpecification) -> Bool {
    for case let flow? in store.flows {
      let old = flow.specification
      if old.table == new.table, old.priority == new.priority, old.match.overlaps(new.match) {
        return true
      }
    }
    return false
  }

  private mutating func replace(_ number: Int32, by new: FlowSpecification, now: Instant) {
    var deadline: Instant?
    store.update(number) { flow in
      flow.specification = new
      flow.addedAt = now
      flow.usedAt = now
      if new.flags.contains(.resetCounts) {
        flow.packetCount = 0
        flow.byteCount = 0
      }
      deadline = flow.deadline
    }
    noteFlowChange()
    nextExpiry = earliest(nextExpiry, deadline)
  }

  mutating func remove(_ number: Int32, _ reason: RemovedFlow.Reason, now: Instant) {
    guard let specification = store.flows[Int(number)]?.specification else { return }
    tables[Int(specification.table)].remove(number, specification.match, in: &store)
    guard let flow = store.remove(number) else { return }
    noteFlowChange()
    if specification.flags.contains(.sendFlowRemoved), removals.count < configuration.flowLimit {
      removals.append(RemovedFlow(flow: flow, reason: reason, time: now))
    }
  }

  /// Lets flows go whose time has come.
  mutating func expire(now: Instant) {
    let expired = store.expired(now: now)
    nextExpiry = expired.next
    for number in expired.numbers {
      guard let flow = store.flow(Int(number)) else { continue }
      let hard = flow.specification.hardTimeout
      let isHard = hard > 0 && flow.addedAt + .seconds(Int64(hard)) <= now
      remove(number, isHard ? .hardTimeout : .idleTimeout, now: now)
    }
    // A used flow moves its deadline; looking more often than every second gains nothing.
    if let next = nextExpiry { nextExpiry = max(next, now + .seconds(1)) }
  }
}
