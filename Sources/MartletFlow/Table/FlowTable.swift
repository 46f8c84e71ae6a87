/// One table: which flow a frame belongs to (tuple-space search).
///
/// Flows with the same mask share a hash table. The search goes through the masks from the highest priority
/// that each holds, and ends when none can hold a higher one than what was found. In each it goes by the
/// stages of a key, and where it ends early the later stages were not looked at; of addresses it notes only
/// the bits that tell the frame's from those of flows. So what is remembered holds for many frames.
struct FlowTable: Sendable {
  /// The flows of one mask.
  private struct Shape: Sendable {
    var table: KeyTable
    var highestPriority: UInt16
    /// What flows demand of the stages up to each; `nil` where the later stages demand nothing.
    var stages: [StageSet?]

    init(_ mask: FlowMask, priority: UInt16, seed: UInt64) {
      table = KeyTable(mask: mask, seed: seed)
      highestPriority = priority
      stages = []
      var later = mask.wordSet
      for index in 0..<3 {
        let own = later & FlowMask.stages[index]
        later &= ~own
        stages.append(own != 0 && later != 0 ? StageSet() : nil)
      }
    }

    /// A flow more, or less.
    mutating func note(_ key: borrowing FlowKey, isAdded: Bool, seed: UInt64) {
      var hash = seed
      for index in stages.indices {
        hash = table.mask.hash(key, words: FlowMask.stages[index], from: hash)
        if isAdded { stages[index]?.insert(hash) } else { stages[index]?.remove(hash) }
      }
    }

    /// The words of the stages that suffice to tell that no flow can match; `nil` where all are needed.
    func wordsOfMiss(_ key: borrowing FlowKey, seed: UInt64) -> UInt32? {
      var (hash, words) = (seed, UInt32(0))
      for index in stages.indices {
        hash = table.mask.hash(key, words: FlowMask.stages[index], from: hash)
        words |= FlowMask.stages[index]
        if let stage = stages[index], !stage.contains(hash) { return words }
      }
      return nil
    }
  }

  private var prefixes = PrefixLists()

  private var shapes: [Shape] = []
  private(set) var count = 0
  var lookupCount: UInt64 = 0
  var matchCount: UInt64 = 0

  /// The masks of its flows.
  var shapeCount: Int { shapes.count }

  /// The flow of highest priority that a frame belongs to.
  ///
  /// - Parameters:
  ///   - key: The frame's key.
  ///   - store: All flows.
  ///   - mask: Gets what was looked at.
  /// - Returns: The flow's number; `nil` for none.
  func find(_ key: borrowing FlowKey, in store: borrowing FlowStore, noting mask: inout FlowMask)
    -> Int32?
  {
    if store.conjunctiveCount > 0 { return findConjunctive(key, in: store, noting: &mask) }
    var best: Int32?
    var priority = -1
    for shape in shapes {
      if Int(shape.highestPriority) <= priority { break }
      if let words = shape.wordsOfMiss(key, seed: store.seed) {
        var looked = shape.table.mask.limited(to: words)
        prefixes.narrow(&looked, for: key)
        mask.formUnion(looked)
        continue
      }
      guard let found = shape.table.find(key, in: store.keys) else {
        var looked = shape.table.mask
        prefixes.narrow(&looked, for: key)
        mask.formUnion(looked)
        continue
      }
      mask.formUnion(shape.table.mask)
      let candidate = Int(store.priorities[Int(found)])
      if candidate > priority {
        best = found
        priority = candidate
      }
    }
    return best
  }

  /// Calls `body` with every flow that a frame matches.
  func forEachMatch(
    _ key: borrowing FlowKey, in store: borrowing FlowStore, _ body: (Int32) -> Void
  ) {
    for shape in shapes {
      var flow = shape.table.find(key, in: store.keys) ?? -1
      while flow >= 0 {
        body(flow)
        flow = store.next[Int(flow)]
      }
    }
  }

  /// Calls `body` with every flow whose frames are all of a match. Masks that demand less are passed over,
  /// and in one that demands the same there is nothing to look through.
  func forEachFlow(
    within match: FlowMatch, in store: FlowStore, _ body: (Int32) -> Void
  ) {
    for shape in shapes where shape.table.mask.isSuperset(of: match.mask) {
      if shape.table.mask == match.mask {
        var flow = shape.table.find(match.key, in: store.keys) ?? -1
        while flow >= 0 {
          body(flow)
          flow = store.next[Int(flow)]
        }
        continue
      }
      shape.table.forEach { head in
        guard match.matches(store.keys[Int(head)]) else { return }
        var flow = head
        while flow >= 0 {
          body(flow)
          flow = store.next[Int(flow)]
        }
      }
    }
  }

  /// Notes every bit that some flow demands.
  func noteAll(in mask: inout FlowMask) {
    for shape in shapes { mask.formUnion(shape.table.mask) }
  }

  /// The flow with exactly this match and priority.
  func find(_ match: borrowing FlowMatch, priority: UInt16, in store: borrowing FlowStore) -> Int32?
  {
    for shape in shapes where shape.table.mask == match.mask {
      var flow = shape.table.find(match.key, in: store.keys) ?? -1
      while flow >= 0 {
        if store.priorities[Int(flow)] == priority { return flow }
        flow = store.next[Int(flow)]
      }
    }
    return nil
  }

  /// Enters a flow of the store.
  mutating func insert(_ flow: Int32, _ match: borrowing FlowMatch, in store: inout FlowStore) {
    let priority = store.priorities[Int(flow)]
    count += 1
    prefixes.insert(match)
    if let index = index(of: match.mask) {
      shapes[index].note(match.key, isAdded: true, seed: store.seed)
      insert(flow, match, into: index, in: &store)
      if priority > shapes[index].highestPriority { move(index, to: priority) }
      return
    }
    var shape = Shape(match.mask, priority: priority, seed: store.seed)
    shape.table.insert(match.key, number: flow)
    shape.note(match.key, isAdded: true, seed: store.seed)
    let place = shapes.firstIndex { $0.highestPriority < priority } ?? shapes.count
    shapes.insert(shape, at: place)
  }

  /// Takes a flow out; it stays in the store.
  mutating func remove(_ flow: Int32, _ match: borrowing FlowMatch, in store: inout FlowStore) {
    guard let index = index(of: match.mask),
      let head = shapes[index].table.find(match.key, in: store.keys)
    else { return }
    count -= 1
    prefixes.remove(match)
    shapes[index].note(match.key, isAdded: false, seed: store.seed)
    let next = store.next[Int(flow)]
    if head == flow {
      if next >= 0 {
        shapes[index].table.replace(flow, at: match.key, by: next)
      } else {
        shapes[index].table.remove(flow, at: match.key)
      }
    } else {
      var before = head
      while store.next[Int(before)] != flow {
        before = store.next[Int(before)]
        if before < 0 { return }
      }
      store.next[Int(before)] = next
    }
    if shapes[index].table.count == 0 { shapes.remove(at: index) }
  }

  private func index(of mask: borrowing FlowMask) -> Int? {
    for index in shapes.indices where shapes[index].table.mask == mask { return index }
    return nil
  }

  /// Enters it among those of the same key, the highest priority first.
  private mutating func insert(
    _ flow: Int32, _ match: borrowing FlowMatch, into index: Int, in store: inout FlowStore
  ) {
    guard let head = shapes[index].table.find(match.key, in: store.keys) else {
      shapes[index].table.insert(match.key, number: flow)
      return
    }
    let priority = store.priorities[Int(flow)]
    if store.priorities[Int(head)] < priority {
      store.next[Int(flow)] = head
      shapes[index].table.replace(head, at: match.key, by: flow)
      return
    }
    var before = head
    while store.next[Int(before)] >= 0, store.priorities[Int(store.next[Int(before)])] > priority {
      before = store.next[Int(before)]
    }
    store.next[Int(flow)] = store.next[Int(before)]
    store.next[Int(before)] = flow
  }

  /// Gives a shape a higher priority and its new place. When flows go the priority stays: too high a value
  /// costs a search and is never wrong.
  private mutating func move(_ index: Int, to priority: UInt16) {
    var shape = shapes.remove(at: index)
    shape.highestPriority = priority
    let place = shapes.firstIndex { $0.highestPriority < priority } ?? shapes.count
    shapes.insert(shape, at: place)
  }
}
