internal import MartletDevice

/// All flows of a datapath by number, and what the search needs of each in arrays of its own.
struct FlowStore: Sendable {
  /// The flows; `nil` where a number is free. What `uses` holds is not up to date here.
  private(set) var flows: [Flow?] = []
  /// The keys of their matches.
  private(set) var keys: [FlowKey] = []
  private(set) var priorities: [UInt16] = []
  private var uses: [FlowUse] = []
  /// The flow of the same match and the next lower priority, or -1.
  var next: [Int32] = []
  private var free: [Int32] = []
  /// How many flows are parts of conjunctions.
  private(set) var conjunctiveCount = 0
  /// The numbers of all flows with a timeout, and of some that are gone.
  private var timed: [Int32] = []
  let seed: UInt64

  init(seed: UInt64) { self.seed = seed }

  /// How many there are.
  var count: Int { flows.count - free.count }

  /// Whether a flow is part of a conjunction and does nothing else.
  func isConjunctive(_ number: Int32) -> Bool { uses[Int(number)].isConjunctive }

  /// A flow with its counters.
  func flow(_ number: Int) -> Flow? {
    guard var flow = flows[number] else { return nil }
    flow.usedAt = uses[number].usedAt
    flow.packetCount = uses[number].packetCount
    flow.byteCount = uses[number].byteCount
    return flow
  }

  /// Takes a flow in and returns its number.
  mutating func insert(_ flow: Flow) -> Int32 {
    let specification = flow.specification
    let place: Int
    if let number = free.popLast() {
      place = Int(number)
      flows[place] = flow
      keys[place] = specification.match.key
      priorities[place] = specification.priority
      next[place] = -1
    } else {
      place = flows.count
      flows.append(flow)
      keys.append(specification.match.key)
      priorities.append(specification.priority)
      next.append(-1)
      uses.append(FlowUse())
    }
    keepUse(of: flow, at: place)
    return Int32(place)
  }

  /// Lets a flow go.
  mutating func remove(_ number: Int32) -> Flow? {
    let place = Int(number)
    guard flows.indices.contains(place), let flow = flow(place) else { return nil }
    flows[place] = nil
    if uses[place].isConjunctive { conjunctiveCount -= 1 }
    uses[place].isConjunctive = false
    free.append(number)
    return flow
  }

  /// Changes a flow; its match and priority stay.
  mutating func update(_ number: Int32, _ change: (inout Flow) -> Void) {
    let place = Int(number)
    guard flows.indices.contains(place), var flow = flow(place) else { return }
    flows[place] = nil
    change(&flow)
    flows[place] = flow
    keepUse(of: flow, at: place)
  }

  private mutating func keepUse(of flow: Flow, at place: Int) {
    uses[place].usedAt = flow.usedAt
    uses[place].packetCount = flow.packetCount
    uses[place].byteCount = flow.byteCount
    let isConjunctive = flow.specification.actions.contains { $0.isConjunction }
    if isConjunctive != uses[place].isConjunctive {
      conjunctiveCount += isConjunctive ? 1 : -1
      uses[place].isConjunctive = isConjunctive
    }
    if flow.deadline != nil, !uses[place].isTimed {
      uses[place].isTimed = true
      timed.append(Int32(place))
    }
  }

  /// Counts frames of a flow.
  @inline(__always)
  mutating func count(_ number: Int32, packets: UInt64, bytes: UInt64, now: Instant) {
    let place = Int(number)
    uses[place].packetCount &+= packets
    uses[place].byteCount &+= bytes
    uses[place].usedAt = now
  }

  /// The flows whose deadline has come, and the first of the deadlines to come.
  mutating func expired(now: Instant) -> (numbers: [Int32], next: Instant?) {
    var numbers: [Int32] = []
    var soonest: Instant?
    var kept = 0
    for index in timed.indices {
      let number = timed[index]
      guard let deadline = flow(Int(number))?.deadline else {
        uses[Int(number)].isTimed = false
        continue
      }
      timed[kept] = number
      kept += 1
      if deadline <= now { numbers.append(number) } else { soonest = earliest(soonest, deadline) }
    }
    timed.removeLast(timed.count - kept)
    return (numbers, soonest)
  }
}
