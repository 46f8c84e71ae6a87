extension FlowTable {
  /// The flow of a frame where some flows are parts of conjunctions.
  ///
  /// A flow with `conjunction(id,k/n)` says that clause k of a conjunction holds. Where all n clauses of one
  /// hold at a priority, the frame is looked up with that id as its `conj_id`; where none does, these flows
  /// are as if they were not there, and lower priorities count. Every mask is looked at.
  func findConjunctive(
    _ key: borrowing FlowKey, in store: borrowing FlowStore, noting mask: inout FlowMask
  ) -> Int32? {
    var matches: [Int32] = []
    forEachMatch(key, in: store) { matches.append($0) }
    noteAll(in: &mask)
    let priorities = store.priorities
    matches.sort { priorities[Int($0)] > priorities[Int($1)] }
    var first = 0
    while first < matches.count {
      let priority = priorities[Int(matches[first])]
      var end = first
      while end < matches.count, priorities[Int(matches[end])] == priority { end += 1 }
      let group = matches[first..<end]
      for flow in group where !store.isConjunctive(flow) { return flow }
      if let id = Self.complete(group, in: store) {
        var named = copy key
        named[.conjunctionID] = UInt128(id)
        var best: Int32?
        forEachMatch(named, in: store) { flow in
          guard !store.isConjunctive(flow) else { return }
          if let other = best, priorities[Int(other)] >= priorities[Int(flow)] { return }
          best = flow
        }
        if let best { return best }
      }
      first = end
    }
    return nil
  }

  /// A conjunction of which all clauses hold.
  private static func complete(_ flows: ArraySlice<Int32>, in store: borrowing FlowStore) -> UInt32?
  {
    var found: [(id: UInt32, clauses: UInt64)] = []
    for flow in flows {
      for action in store.flows[Int(flow)]?.specification.actions ?? [] {
        guard case .conjunction(let id, let clause, let count) = action else { continue }
        let place: Int
        if let known = found.firstIndex(where: { $0.id == id }) {
          place = known
        } else {
          place = found.count
          found.append((id, 0))
        }
        found[place].clauses |= 1 << UInt64(clause & 63)
        let all: UInt64 = count >= 64 ? .max : (1 << UInt64(count)) - 1
        if found[place].clauses & all == all { return id }
      }
    }
    return nil
  }
}

extension Action {
  var isConjunction: Bool {
    if case .conjunction = self { return true }
    return false
  }
}
