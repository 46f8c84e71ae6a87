internal import MartletDevice

/// All flows of a datapath by number, and what the search needs of each in arrays of its own.
struct FlowStore: Sendable {
  /// The flows; `nil` where a number is free.
  private(set) var flows: [Flow?] = []
  /// The keys of their matches.
  private(set) var keys: [FlowKey] = []
  private(set) var priorities: [UInt16] = []
  /// The flow of the same match and the next lower priority, or -1.
  var next: [Int32] = []
  private var free: [Int32] = []
  let seed: UInt64

  init(seed: UInt64) { self.seed = seed }

  /// How many there are.
  var count: Int { flows.count - free.count }

  /// Takes a flow in and returns its number.
  mutating func insert(_ flow: Flow) -> Int32 {
    let specification = flow.specification
    if let number = free.popLast() {
      let place = Int(number)
      flows[place] = flow
      keys[place] = specification.match.key
      priorities[place] = specification.priority
      next[place] = -1
      return number
    }
    flows.append(flow)
    keys.append(specification.match.key)
    priorities.append(specification.priority)
    next.append(-1)
    return Int32(flows.count - 1)
  }

  /// Lets a flow go.
  mutating func remove(_ number: Int32) -> Flow? {
    let place = Int(number)
    guard flows.indices.contains(place), let flow = flows[place] else { return nil }
    flows[place] = nil
    free.append(number)
    return flow
  }

  /// Changes a flow; its match and priority stay.
  mutating func update(_ number: Int32, _ change: (inout Flow) -> Void) {
    let place = Int(number)
    guard flows.indices.contains(place), var flow = flows[place] else { return }
    flows[place] = nil
    change(&flow)
    flows[place] = flow
  }

  /// Counts frames of a flow.
  @inline(__always)
  mutating func count(_ number: Int32, packets: UInt64, bytes: UInt64, now: Instant) {
    let place = Int(number)
    guard flows[place] != nil else { return }
    flows[place]?.packetCount &+= packets
    flows[place]?.byteCount &+= bytes
    flows[place]?.usedAt = now
  }
}
