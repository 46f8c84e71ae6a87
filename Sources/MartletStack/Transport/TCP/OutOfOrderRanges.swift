internal import MartletWire

/// What a receiver holds beyond a gap: ranges in sequence order, with their bytes.
///
/// Ranges that touch are one. They report themselves to the sender as SACK blocks, the one that
/// changed last first (RFC 2018, section 4).
struct OutOfOrderRanges: ~Copyable {
  private var head = RangePool.none
  private var count: Int32 = 0
  /// A range start that was touched last, to report first.
  private var newest = SequenceNumber(rawValue: 0)
  /// The blocks that all ranges hold.
  private(set) var blockCount: Int32 = 0

  /// A peer with more gaps than this has its newest segments dropped.
  private static var limit: Int32 { 256 }

  /// A list without ranges.
  init() {}

  /// Whether nothing is out of order.
  var isEmpty: Bool { head == RangePool.none }

  /// What became of bytes that were offered.
  enum Outcome: BitwiseCopyable {
    /// They, or those of them that were new, are kept.
    case kept
    /// All of them were there already: `D-SACK` reports them (RFC 2883).
    case duplicate
    /// No block was left for them.
    case noBuffer
    /// There are too many gaps already.
    case tooManyRanges
  }

  /// Keeps the bytes from `start` on. Bytes that are there already stay as they were.
  mutating func insert(
    _ bytes: RawSpan, at start: SequenceNumber, blocks: inout BlockPool, ranges: inout RangePool
  ) -> Outcome {
    let end = start.advanced(by: bytes.byteCount)
    var previous = RangePool.none
    var next = head
    while next != RangePool.none, !ranges[next].end.follows(start) {
      // Bytes right behind a range join it.
      if ranges[next].end == start { break }
      previous = next
      next = ranges[next].next
    }
    guard next != RangePool.none, !ranges[next].start.follows(start) else {
      return insertNew(bytes, at: start, after: previous, blocks: &blocks, ranges: &ranges)
    }
    // The range begins at or before the bytes: they can only lengthen it.
    newest = ranges[next].start
    guard end.follows(ranges[next].end) else { return .duplicate }
    let known = ranges[next].end.distance(from: start)
    let fresh = bytes.extracting(known..<bytes.byteCount)
    guard keep(fresh, in: next, blocks: &blocks, ranges: &ranges) else { return .noBuffer }
    absorbFollowers(of: next, blocks: &blocks, ranges: &ranges)
    return .kept
  }

  private mutating func insertNew(
    _ bytes: RawSpan, at start: SequenceNumber, after previous: UInt32,
    blocks: inout BlockPool, ranges: inout RangePool
  ) -> Outcome {
    guard count < Self.limit, ranges.hasSpare, let index = ranges.allocate(from: start, to: start)
    else {
      return .tooManyRanges
    }
    guard keep(bytes, in: index, blocks: &blocks, ranges: &ranges) else {
      ranges.free(index)
      return .noBuffer
    }
    if previous == RangePool.none {
      ranges[index].next = head
      head = index
    } else {
      ranges[index].next = ranges[previous].next
      ranges[previous].next = index
    }
    count += 1
    newest = start
    absorbFollowers(of: index, blocks: &blocks, ranges: &ranges)
    return .kept
  }

  /// Appends all of the bytes to a range, or none.
  private mutating func keep(
    _ bytes: RawSpan, in index: UInt32, blocks: inout BlockPool, ranges: inout RangePool
  ) -> Bool {
    guard
      blocks.hasRoomToReceive(bytes.byteCount, in: ranges[index].bytes, outOfOrder: true)
    else { return false }
    let before = ranges[index].bytes.blockCount
    let kept = blocks.append(bytes, to: &ranges[index].bytes)
    ranges[index].end = ranges[index].end.advanced(by: kept)
    blockCount += ranges[index].bytes.blockCount - before
    return true
  }

  /// Joins the ranges that a longer one has come to touch, dropping what is there twice.
  private mutating func absorbFollowers(
    of index: UInt32, blocks: inout BlockPool, ranges: inout RangePool
  ) {
    while true {
      let next = ranges[index].next
      guard next != RangePool.none, !ranges[next].start.follows(ranges[index].end) else { return }
      var bytes = ranges[next].bytes.take()
      let overlap = ranges[index].end.distance(from: ranges[next].start)
      let before = bytes.blockCount
      blocks.dropFirst(overlap, of: &bytes)
      blockCount -= before - bytes.blockCount
      if ranges[next].end.follows(ranges[index].end) { ranges[index].end = ranges[next].end }
      blocks.join(bytes, to: &ranges[index].bytes)
      ranges[index].next = ranges[next].next
      ranges.free(next)
      count -= 1
    }
  }

  /// Moves what begins at or before `receiveNext` to the end of `queue` and returns its end;
  /// `nil` when the gap is still there.
  mutating func takeInOrder(
    at receiveNext: SequenceNumber, into queue: inout BlockChain, blocks: inout BlockPool,
    ranges: inout RangePool
  ) -> SequenceNumber? {
    guard head != RangePool.none, !ranges[head].start.follows(receiveNext) else { return nil }
    let index = head
    let end = ranges[index].end
    var bytes = ranges[index].bytes.take()
    blockCount -= bytes.blockCount
    blocks.dropFirst(receiveNext.distance(from: ranges[index].start), of: &bytes)
    blocks.join(bytes, to: &queue)
    head = ranges[index].next
    ranges.free(index)
    count -= 1
    return end.follows(receiveNext) ? end : receiveNext
  }

  /// Calls `body` with up to `limit` ranges, the one touched last first.
  func forEach(
    upTo limit: Int, in ranges: borrowing RangePool,
    _ body: (SequenceNumber, SequenceNumber) -> Void
  ) {
    var left = limit
    var first = RangePool.none
    var index = head
    while index != RangePool.none {
      let holdsNewest = !ranges[index].start.follows(newest) && ranges[index].end.follows(newest)
      if holdsNewest {
        first = index
        break
      }
      index = ranges[index].next
    }
    if first != RangePool.none, left > 0 {
      body(ranges[first].start, ranges[first].end)
      left -= 1
    }
    index = head
    while index != RangePool.none, left > 0 {
      if index != first {
        body(ranges[index].start, ranges[index].end)
        left -= 1
      }
      index = ranges[index].next
    }
  }

  /// Drops everything: memory is short, and the sender still has it.
  mutating func removeAll(blocks: inout BlockPool, ranges: inout RangePool) {
    while head != RangePool.none {
      let index = head
      head = ranges[index].next
      blocks.release(ranges[index].bytes.take())
      ranges.free(index)
    }
    self = OutOfOrderRanges()
  }
}
