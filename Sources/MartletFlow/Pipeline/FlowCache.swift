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
  var verdicts: [Verdict] = []
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
  }

  /// The verdict on a frame; `nil` where the tables must be asked.
  mutating func find(_ key: borrowing FlowKey) -> Int32? {
    let hash = Self.hash(key, seed: seed)
    let place = Int(truncatingIfNeeded: hash) & (exact.count - 1)
    if exact[place].verdict >= 0, exact[place].hash == hash, exactKeys[place] == key {
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
  mutating func insert(_ verdict: Verdict, _ key: borrowing FlowKey, _ mask: borrowing FlowMask)
    -> Int32
  {
    if verdicts.count >= limit { clear() }
    let number = Int32(verdicts.count)
    verdicts.append(verdict)
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

  private static func hash(_ key: borrowing FlowKey, seed: UInt64) -> UInt64 {
    var hash = FlowHash.mix(seed, key.words[0])
    for word in 2..<4 { hash = FlowHash.mix(hash, key.words[word]) }
    for word in 16..<FlowKey.wordCount { hash = FlowHash.mix(hash, key.words[word]) }
    return FlowHash.finish(hash)
  }
}
