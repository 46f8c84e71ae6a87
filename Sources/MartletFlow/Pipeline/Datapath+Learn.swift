internal import MartletDevice

extension Datapath {
  /// Adds the flow that `learn` makes of a frame.
  ///
  /// It would have to be done again for every frame of the kind, so that nothing is remembered of it.
  mutating func apply(_ learn: LearnAction, _ translation: inout Translation, now: Instant) {
    translation.isCacheable = false
    var flow = FlowSpecification()
    flow.table = learn.table
    flow.priority = learn.priority
    flow.cookie = learn.cookie
    flow.idleTimeout = learn.idleTimeout
    flow.hardTimeout = learn.hardTimeout
    if learn.sendsFlowRemoved { flow.flags.insert(.sendFlowRemoved) }
    for part in learn.parts { add(part, to: &flow, translation.key) }
    if let old = tables[Int(learn.table)].find(flow.match, priority: flow.priority, in: store),
      store.flows[Int(old)]?.specification.actions == flow.actions
    {
      store.update(old) {
        $0.usedAt = now
        if flow.hardTimeout > 0 { $0.addedAt = now }
      }
      return
    }
    try? add(flow, now: now)
  }

  private func add(
    _ part: LearnAction.Part, to flow: inout FlowSpecification, _ key: borrowing FlowKey
  ) {
    switch part {
    case .match(let range, let value):
      flow.match.add(range.field, value << UInt128(range.start), mask: range.mask)
    case .matchFrame(let range, let from):
      flow.match.add(range.field, from.value(in: key) << UInt128(range.start), mask: range.mask)
    case .load(let value, let range):
      flow.actions.append(
        .setField(range.field, value: value << UInt128(range.start) & range.mask, mask: range.mask))
    case .loadFrame(let from, let range):
      flow.actions.append(
        .setField(
          range.field, value: from.value(in: key) << UInt128(range.start) & range.mask,
          mask: range.mask))
    case .output(let range):
      let port = PortNumber(bits: range.value(in: key), count: range.count)
      flow.actions.append(.output(port, maxLength: 0))
    }
  }
}
