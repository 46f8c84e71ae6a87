internal import MartletDevice
internal import MartletWire

/// Byte ranges of TCP streams, in lists, from one allocation that all connections share.
///
/// A sender keeps a list of what it has sent (`SentRanges`), a receiver one of what came out of
/// order (`OutOfOrderRanges`). Each list is in sequence order and its ranges do not overlap.
struct RangePool: ~Copyable {
  /// The index that names no range.
  static var none: UInt32 { .max }

  private var nodes: Table<Range>
  private var firstFree = RangePool.none
  private var neverUsed = 0
  /// The ranges not in use.
  private(set) var freeCount: Int
  /// The ranges that only a list without any may take, so that peers who make one connection's
  /// lists long do not stop the others.
  private let reserve: Int

  /// One range, and what its list's owner knows of it.
  struct Range: ~Copyable {
    /// The first byte.
    var start = SequenceNumber(rawValue: 0)
    /// The byte after the last.
    var end = SequenceNumber(rawValue: 0)
    /// Sender: when its bytes were last sent.
    var sentAt = Instant.zero
    /// Sender: what has become of it.
    var marks = SentMarks()
    /// Receiver: the bytes themselves.
    var bytes = BlockChain()
    /// The next range in its list, or `none`.
    var next = RangePool.none

    /// The number of bytes.
    var length: Int { end.distance(from: start) }
  }

  /// Makes room for `count` ranges, `reserve` of them for lists that have none.
  init(count: Int, reserve: Int = 0) {
    self.reserve = reserve
    nodes = Table(count: count) { _ in Range() }
    freeCount = count
  }

  /// Whether a list that has ranges may take another.
  var hasSpare: Bool { freeCount > reserve }

  /// Takes a range out of the pool; `nil` when it is empty.
  mutating func allocate(from start: SequenceNumber, to end: SequenceNumber) -> UInt32? {
    let index: UInt32
    if firstFree != Self.none {
      index = firstFree
      firstFree = nodes[Int(index)].next
    } else {
      guard neverUsed < nodes.count else { return nil }
      index = UInt32(truncatingIfNeeded: neverUsed)
      neverUsed += 1
    }
    freeCount -= 1
    nodes[Int(index)].start = start
    nodes[Int(index)].end = end
    nodes[Int(index)].marks = []
    nodes[Int(index)].next = Self.none
    return index
  }

  /// Puts a range back, whose bytes must have been taken.
  mutating func free(_ index: UInt32) {
    nodes[Int(index)].next = firstFree
    firstFree = index
    freeCount += 1
  }

  /// The range with this index.
  subscript(index: UInt32) -> Range {
    _read { yield nodes[Int(index)] }
    _modify { yield &nodes[Int(index)] }
  }
}
