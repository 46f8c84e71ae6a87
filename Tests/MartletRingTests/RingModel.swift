/// Rings, doorbell and handles as the module does them, cut into steps of one memory access.
///
/// Each context has a store buffer. Its stores reach memory later and in any order, except that two
/// to one place stay in order and a release store waits for all before it: weaker than x86, and as
/// weak in its stores as ARM. A fence, an exchange and a system call wait for the buffer to drain.
struct RingModel {
  /// What is left out or done wrongly, to see that the explorer notices.
  enum Flaw: CaseIterable {
    case ringWithoutFence, armWithoutFence, sleepsWithoutLooking
    case tailNotReleased, headNotReleased, slotReturnedTooEarly
    case handleWithoutGeneration
  }

  /// A place in shared memory.
  enum Place: Hashable {
    case tail(Int), head(Int), slot(Int, Int), armed
  }

  struct Store: Hashable {
    var place: Place
    var value: Int
    var isRelease: Bool
  }

  /// A context: where it is in its program, what it remembers, what it has not yet shown.
  struct Context: Hashable {
    var step = 0
    var ring = 0
    var item = 0
    var index = [0]
    var element = 0
    var buffer: [Store] = []
  }

  struct State: Hashable {
    var memory: [Place: Int] = [:]
    var producers: [Context]
    var owner: Context
    var isWoken = false
    /// How often each element was freed.
    var freed: [Int]
    var generation = 1
    var fault: String?
  }

  let capacity: Int
  let items: [Int]
  var flaw: Flaw?

  var elements: Int { items.reduce(0, +) }

  /// The elements' numbers: from 1, producer after producer.
  func element(_ item: Int, of producer: Int) -> Int {
    1 + items[..<producer].reduce(0, +) + item
  }

  /// The last element of the first producer asks the owner to close the handle that all of them
  /// carry; the slot is then taken by another at once.
  func closes(_ element: Int) -> Bool { element == items[0] }

  var start: State {
    State(
      producers: items.map { _ in Context() },
      owner: Context(index: items.map { _ in 0 }), freed: Array(repeating: 0, count: elements + 1))
  }

  func steps(_ state: State) -> [State] {
    guard state.fault == nil else { return [] }
    var next = flushes(of: state)
    for producer in items.indices {
      if let after = produce(producer, state) { next.append(after) }
    }
    if let after = consume(state) { next.append(after) }
    return next
  }

  func fault(_ state: State, isEnd: Bool) -> String? {
    if let fault = state.fault { return fault }
    if state.freed.contains(where: { $0 > 1 }) { return "freed twice" }
    guard isEnd else { return nil }
    for ring in items.indices where state.memory[.tail(ring), default: 0] != state.owner.index[ring]
    {
      return "lost wake-up"
    }
    return state.freed.dropFirst().allSatisfy { $0 == 1 } ? nil : "element lost"
  }

  // MARK: The contexts' programs

  /// `push` and `ring`, item after item.
  func produce(_ ring: Int, _ state: State) -> State? {
    var state = state
    var me = state.producers[ring]
    guard me.item < items[ring] else { return nil }
    let element = element(me.item, of: ring)
    switch me.step {
    case 0:
      if me.index[0] - load(.head(ring), me, state) < capacity {
        me.step = 1
      } else {
        state.freed[element] += 1  // Handed back, and freed by the producer.
        me.item += 1
      }
    case 1:
      me.buffer.append(
        Store(place: .slot(ring, me.index[0] % capacity), value: element, isRelease: false))
      me.step = 2
    case 2:
      me.index[0] += 1
      me.buffer.append(
        Store(place: .tail(ring), value: me.index[0], isRelease: flaw != .tailNotReleased))
      me.step = 3
    case 3:
      guard flaw == .ringWithoutFence || me.buffer.isEmpty else { return nil }
      me.step = 4
    case 4:
      if load(.armed, me, state) == 1 { me.step = 5 } else { (me.step, me.item) = (0, me.item + 1) }
    case 5:
      guard me.buffer.isEmpty else { return nil }
      if state.memory.updateValue(0, forKey: .armed) == 1 {
        me.step = 6
      } else {
        (me.step, me.item) = (0, me.item + 1)
      }
    default:
      state.isWoken = true
      (me.step, me.item) = (0, me.item + 1)
    }
    state.producers[ring] = me
    return state
  }

  /// Pops ring after ring; when all are empty: `arm`, look again, sleep, `disarm`.
  func consume(_ state: State) -> State? {
    var state = state
    var me = state.owner
    switch me.step {
    case 0:
      if load(.tail(me.ring), me, state) != me.index[me.ring] {
        me.step = flaw == .slotReturnedTooEarly ? 2 : 1
      } else {
        me.ring = (me.ring + 1) % items.count
        me.step = me.ring == 0 ? 3 : 0
      }
    case 1:
      take(&me, &state)
      me.step = flaw == .slotReturnedTooEarly ? 0 : 2
      if me.step == 0 { me.index[me.ring] += 1 }
    case 2:
      me.buffer.append(
        Store(
          place: .head(me.ring), value: me.index[me.ring] + 1, isRelease: flaw != .headNotReleased))
      me.step = flaw == .slotReturnedTooEarly ? 1 : 0
      if me.step == 0 { me.index[me.ring] += 1 }
    case 3:
      me.buffer.append(Store(place: .armed, value: 1, isRelease: false))
      me.step = 4
    case 4:
      guard flaw == .armWithoutFence || me.buffer.isEmpty else { return nil }
      me.step = flaw == .sleepsWithoutLooking ? 6 : 5
    case 5:
      if load(.tail(me.ring), me, state) != me.index[me.ring] {
        (me.step, me.ring) = (7, 0)
      } else {
        me.ring = (me.ring + 1) % items.count
        me.step = me.ring == 0 ? 6 : 5
      }
    case 6:
      guard state.isWoken else { return nil }
      state.isWoken = false
      me.step = 7
    default:
      guard me.buffer.isEmpty else { return nil }
      state.memory[.armed] = 0
      me.step = 0
    }
    state.owner = me
    return state
  }

  /// Moves an element out of its slot, delivers it or drops it, and frees it.
  func take(_ me: inout Context, _ state: inout State) {
    let place = Place.slot(me.ring, me.index[me.ring] % capacity)
    let element = load(place, me, state)
    guard element > 0 else {
      state.fault = "an empty slot was read"
      return
    }
    me.buffer.append(Store(place: place, value: 0, isRelease: false))
    state.freed[element] += 1
    guard flaw == .handleWithoutGeneration || state.generation == 1 else { return }
    if state.generation != 1 { state.fault = "delivered to the next owner of the slot" }
    if closes(element) { state.generation += 2 }
  }

  // MARK: Memory

  func load(_ place: Place, _ context: Context, _ state: State) -> Int {
    context.buffer.last { $0.place == place }?.value ?? state.memory[place, default: 0]
  }

  /// Every state in which one more store has reached memory.
  func flushes(of state: State) -> [State] {
    var next: [State] = []
    for producer in items.indices {
      for index in ready(state.producers[producer].buffer) {
        var after = state
        let store = after.producers[producer].buffer.remove(at: index)
        after.memory[store.place] = store.value
        next.append(after)
      }
    }
    for index in ready(state.owner.buffer) {
      var after = state
      let store = after.owner.buffer.remove(at: index)
      after.memory[store.place] = store.value
      next.append(after)
    }
    return next
  }

  func ready(_ buffer: [Store]) -> [Int] {
    buffer.indices.filter { index in
      if buffer[index].isRelease { return index == 0 }
      return !buffer[..<index].contains { $0.place == buffer[index].place }
    }
  }
}
