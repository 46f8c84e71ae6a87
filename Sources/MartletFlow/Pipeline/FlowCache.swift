/// What the tables said of kinds of frames: by the whole key, and by masks.
///
/// It holds as long as nothing changes that may alter a verdict; then it is emptied.
struct FlowCache: Sendable {
  private struct Exact: Sendable, BitwiseCopyable {
    var hash: UInt64
    var verdict: Int32
  }

  private var exact: [Exact]
  private var exactKeys: [FlowKey]
  private var shapes: [KeyTable] = []
  private var keys: [FlowKey] = []
  private(set) var verdicts: [RememberedVerdict] = []
  var shortcuts: [Shortcut] = []
  private let limit: Int
  private let seed: UInt64
  private(set) var version: UInt64 = 0
  /// Frames found by the whole key, found by mask, and not found.
  var exactHits: UInt64 = 0
  var maskHits: UInt64 = 0
  var misses: UInt64 = 0

  init(exactSize: Int, limit: Int, seed: UInt64) {
    var size = 8
    while size < exactSize { size *= 2 }
    exact = Array(repeating: Exact(hash: 0, verdict: -1), count: size)
    exactKeys = Array(repeating: FlowKey(), count: size)
    self.limit = limit
    self.seed = seed
  }

  /// The masks under which something is remembered.
  var shapeCount: Int { shapes.count }

  /// Forgets everything that was true of an older version.
  mutating func validate(version: UInt64) {
    guard version != self.version else { return }
    self.version = version
    clear()
  }

  private mutating func clear() {
    if verdicts.isEmpty { return }
    for place in exact.indices { exact[place].verdict = -1 }
    shapes.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    verdicts.removeAll(keepingCapacity: true)
    shortcuts.removeAll(keepingCapacity: true)
  }

  /// The verdict on a frame; `nil` where the tables must be asked.
  mutating func find(_ key: borrowing FlowKey) -> Int32? {
    let hash = Self.hash(key, seed: seed)
    let place = Int(truncatingIfNeeded: hash) & (exact.count - 1)
    if exact[place].verdict >= 0, exact[place].hash == hash, exactKeys.span[place] == key {
      exactHits &+= 1
      return exact[place].verdict
    }
    for shape in shapes.indices {
      guard let found = shapes[shape].find(key, in: keys) else { continue }
      maskHits &+= 1
      exact[place] = Exact(hash: hash, verdict: found)
      exactKeys[place] = copy key
      return found
    }
    misses &+= 1
    return nil
  }

  /// Remembers a verdict under a mask.
  mutating func insert(
    _ verdict: Verdict, _ shortcut: Shortcut, _ key: borrowing FlowKey, _ mask: borrowing FlowMask
  ) -> Int32 {
    if verdicts.count >= limit { clear() }
    let number = Int32(verdicts.count)
    verdicts.append(RememberedVerdict(verdict))
    shortcuts.append(shortcut)
    keys.append(copy key)
    for shape in shapes.indices where shapes[shape].mask == mask {
      shapes[shape].insert(key, number: number)
      return number
    }
    var shape = KeyTable(mask: copy mask, seed: seed)
    shape.insert(key, number: number)
    shapes.append(shape)
    return number
  }

  /// A hash of what tells most frames apart: ports, addresses, protocol. Products of their own, so that
  /// the processor need not wait for one to begin the next; it chooses a place and proves nothing.
  @inline(__always)
  private static func hash(_ key: borrowing FlowKey, seed: UInt64) -> UInt64 {
    var sum = seed &+ key.words[0] &* 0x9e37_79b9_7f4a_7c15
    sum &+= key.words[2] &* 0xbf58_476d_1ce4_e5b9
    sum &+= key.words[12] &* 0x94d0_49bb_1331_11eb
    sum &+= key.words[16] &* 0xd6e8_feb8_6659_fd93
    sum &+= key.words[17] &* 0xa076_1d64_78bd_642f
    sum &+= key.words[19] &* 0xe703_7ed1_a0b4_28db
    sum &+= key.words[20] &* 0x8ebc_6af0_9c88_c6e3
    sum &+= key.words[21] &* 0x5899_65cc_7537_4cc3
    sum &+= key.words[22] &* 0x1d8e_4e27_c47d_124f
    sum &+= key.words[23] &* 0xeb44_acca_b455_d165
    sum &+= key.words[24] &* 0xc2b2_ae3d_27d4_eb4f
    sum &+= key.words[29] &* 0x1656_67b1_9e37_79f9
    return FlowHash.finish(sum)
  }
}
