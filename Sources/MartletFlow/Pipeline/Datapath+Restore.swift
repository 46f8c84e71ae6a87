public import MartletDevice

extension Datapath {
  /// Puts a flow back as it was, its counters and age included; one with the same match and priority is
  /// replaced. What undoes a change, or brings back what was set aside.
  ///
  /// - Parameters:
  ///   - flow: The flow.
  ///   - pause: How long it could not be used: that does not count as idle.
  ///   - now: The time.
  /// - Throws: As `add` does; a flow that was there before is refused only where there is no more room.
  public mutating func restore(
    _ flow: Flow, pausedFor pause: Interval = .zero, now: Instant
  ) throws(FlowError) {
    var plain = flow.specification
    plain.flags.remove(.checkOverlap)
    try add(plain, now: now)
    guard
      let number = tables[Int(plain.table)].find(plain.match, priority: plain.priority, in: store)
    else { return }
    store.update(number) {
      $0 = flow
      $0.usedAt = flow.usedAt + pause
    }
  }
}

extension Datapath {
  /// The flow that a strict filter with a table names, without looking at others.
  public func flow(_ filter: FlowFilter) -> Flow? {
    guard let table = filter.table, let priority = filter.strictPriority,
      Int(table) < tables.count,
      let number = tables[Int(table)].find(filter.match, priority: priority, in: store),
      let flow = store.flows[Int(number)], filter.includes(flow)
    else { return nil }
    return flow
  }
}
