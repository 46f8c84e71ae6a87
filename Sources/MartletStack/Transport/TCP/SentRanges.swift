internal import MartletDevice
internal import MartletWire

/// What a sender has sent and not seen acknowledged: SND.UNA to SND.NXT without a gap.
///
/// A range stands for all bytes that were sent at one time and have fared alike since, however many
/// segments they were: a burst of 64 KiB is one range until a selective acknowledgment cuts it.
/// Within a range RACK's order by time of sending is the order by sequence number.
struct SentRanges: ~Copyable {
  private var head = RangePool.none
  private var tail = RangePool.none
  private var count: Int32 = 0
  /// The bytes marked `sacked`.
  private(set) var sackedCount: Int32 = 0
  /// The bytes marked `lost`.
  private(set) var lostCount: Int32 = 0

  /// A peer that acknowledges every other byte must not use the pool up: beyond this many ranges a
  /// connection cuts no more.
  private static var limit: Int32 { 1024 }

  /// A list without ranges.
  init() {}

  /// What the last byte delivered by an acknowledgment was sent at, for RACK and for RTT.
  struct Delivery: BitwiseCopyable {
    /// The bytes delivered for the first time.
    var count: Int = 0
    /// The latest time of sending among them.
    var sentAt = Instant.zero
    /// The end of the range that was sent then.
    var end = SequenceNumber(rawValue: 0)
    /// Whether that range had been sent more than once.
    var wasRetransmitted = false
    /// The latest time of sending among bytes that were sent only once: the RTT sample.
    var sampleSentAt: Instant?
    /// The highest end among bytes that were sent only once: reordering, if below `forward`.
    var lowestOriginalEnd: SequenceNumber?

    /// Adds `count` bytes at the front of a range.
    fileprivate mutating func add(_ range: borrowing RangePool.Range, count: Int) {
      self.count += count
      let reached = range.start.advanced(by: count)
      let isOriginal = !range.marks.contains(.retransmitted)
      if self.count == count || range.sentAt > sentAt
        || (range.sentAt == sentAt && reached.follows(end))
      {
        sentAt = range.sentAt
        end = reached
        wasRetransmitted = !isOriginal
      }
      guard isOriginal else { return }
      if range.sentAt >= sampleSentAt ?? range.sentAt { sampleSentAt = range.sentAt }
      if let lowest = lowestOriginalEnd {
        if reached.precedes(lowest) { lowestOriginalEnd = reached }
      } else {
        lowestOriginalEnd = reached
      }
    }
  }

  /// Whether anything is marked lost.
  var hasLost: Bool { lostCount > 0 }

  // MARK: Sending

  /// Notes that `start` to `end`, right behind all before, was sent for the first time.
  mutating func append(
    from start: SequenceNumber, to end: SequenceNumber, at now: Instant, in pool: inout RangePool
  ) {
    if tail != RangePool.none {
      let joins = pool[tail].marks.isEmpty && pool[tail].sentAt == now
      // With no range left the newest takes more bytes in: RACK waits a little longer for them.
      if joins || !pool.hasSpare {
        pool[tail].end = end
        if !joins, pool[tail].marks.isEmpty { pool[tail].sentAt = now }
        return account(added: end.distance(from: start), to: tail, in: pool)
      }
    }
    guard let index = pool.allocate(from: start, to: end) else { return }
    pool[index].sentAt = now
    if tail == RangePool.none {
      head = index
    } else {
      pool[tail].next = index
    }
    tail = index
    count += 1
  }

  /// A range that took bytes in while marked counts them as marked too.
  private mutating func account(added: Int, to index: UInt32, in pool: borrowing RangePool) {
    if pool[index].marks.contains(.sacked) { sackedCount += Int32(truncatingIfNeeded: added) }
    if pool[index].marks.contains(.lost) { lostCount += Int32(truncatingIfNeeded: added) }
  }

  /// The first range marked lost, for retransmission; `nil` when none is.
  func firstLost(in pool: borrowing RangePool) -> (start: SequenceNumber, end: SequenceNumber)? {
    guard lostCount > 0 else { return nil }
    var index = head
    while index != RangePool.none {
      if pool[index].marks.contains(.lost) { return (pool[index].start, pool[index].end) }
      index = pool[index].next
    }
    return nil
  }

  /// Notes that `start` to `end`, which lies in one range, was sent again.
  mutating func retransmit(
    from start: SequenceNumber, to end: SequenceNumber, at now: Instant, in pool: inout RangePool
  ) {
    var index = head
    while index != RangePool.none, !pool[index].end.follows(start) { index = pool[index].next }
    guard index != RangePool.none else { return }
    if pool[index].start.precedes(start) {
      guard let rest = split(index, at: start, in: &pool) else { return }
      index = rest
    }
    if end.precedes(pool[index].end) { _ = split(index, at: end, in: &pool) }
    if pool[index].marks.contains(.lost) {
      lostCount -= Int32(truncatingIfNeeded: pool[index].length)
    }
    pool[index].marks.remove(.lost)
    pool[index].marks.insert(.retransmitted)
    pool[index].sentAt = now
  }

  // MARK: Acknowledgment

  /// Drops everything before `acknowledgment` and adds what it delivered to `delivery`.
  mutating func acknowledge(
    upTo acknowledgment: SequenceNumber, in pool: inout RangePool, delivery: inout Delivery
  ) {
    // An acknowledgment that a retransmission brought on says when that arrived, not what was sent
    // once and waited behind it (Karn).
    var coversRepetition = false
    defer { if coversRepetition { delivery.sampleSentAt = nil } }
    while head != RangePool.none, pool[head].start.precedes(acknowledgment) {
      let reached = pool[head].end.follows(acknowledgment) ? acknowledgment : pool[head].end
      let covered = reached.distance(from: pool[head].start)
      let marks = pool[head].marks
      if marks.contains(.retransmitted) { coversRepetition = true }
      if marks.contains(.sacked) {
        sackedCount -= Int32(truncatingIfNeeded: covered)
      } else {
        delivery.add(pool[head], count: covered)
      }
      if marks.contains(.lost) { lostCount -= Int32(truncatingIfNeeded: covered) }
      pool[head].start = reached
      guard reached == pool[head].end else { return }
      let next = pool[head].next
      pool.free(head)
      count -= 1
      head = next
    }
    if head == RangePool.none { tail = RangePool.none }
  }

  /// Marks what lies in `left` to `right` as held by the peer.
  mutating func markSacked(
    from left: SequenceNumber, to right: SequenceNumber, in pool: inout RangePool,
    delivery: inout Delivery
  ) {
    var previous = RangePool.none
    var index = head
    while index != RangePool.none, pool[index].start.precedes(right) {
      if !pool[index].marks.contains(.sacked), pool[index].end.follows(left) {
        guard let covered = cut(index, from: left, to: right, in: &pool) else { return }
        if covered != index { previous = index }
        index = covered
        delivery.add(pool[index], count: pool[index].length)
        let length = Int32(truncatingIfNeeded: pool[index].length)
        if pool[index].marks.contains(.lost) { lostCount -= length }
        sackedCount += length
        pool[index].marks.remove(.lost)
        pool[index].marks.insert(.sacked)
        if previous != RangePool.none, pool[previous].marks.contains(.sacked) {
          index = join(index, to: previous, in: &pool)
        }
      }
      previous = index
      index = pool[index].next
    }
  }

  /// Cuts a range so that one lies wholly in `left` to `right`, and returns that one; `nil` when
  /// the pool or the connection's share of it is used up.
  private mutating func cut(
    _ index: UInt32, from left: SequenceNumber, to right: SequenceNumber,
    in pool: inout RangePool
  ) -> UInt32? {
    var index = index
    if pool[index].start.precedes(left) {
      guard let rest = split(index, at: left, in: &pool) else { return nil }
      index = rest
    }
    if pool[index].end.follows(right) {
      guard split(index, at: right, in: &pool) != nil else { return nil }
    }
    return index
  }

  /// Cuts a range in two at `middle`, inside it, and returns the second.
  private mutating func split(
    _ index: UInt32, at middle: SequenceNumber, in pool: inout RangePool
  ) -> UInt32? {
    guard count < Self.limit, pool.hasSpare else { return nil }
    guard let rest = pool.allocate(from: middle, to: pool[index].end) else { return nil }
    pool[rest].sentAt = pool[index].sentAt
    pool[rest].marks = pool[index].marks
    pool[rest].next = pool[index].next
    pool[index].end = middle
    pool[index].next = rest
    if tail == index { tail = rest }
    count += 1
    return rest
  }

  /// Takes a range into the one before it and returns that one.
  private mutating func join(
    _ index: UInt32, to previous: UInt32, in pool: inout RangePool
  ) -> UInt32 {
    pool[previous].end = pool[index].end
    pool[previous].next = pool[index].next
    if tail == index { tail = previous }
    pool.free(index)
    count -= 1
    return previous
  }

  // MARK: Loss

  /// Marks as lost what was sent long enough before what has been delivered (RFC 8985, step 5).
  ///
  /// Returns how long until the next range would be taken for lost; `nil` when none would.
  mutating func markLost(
    sentBefore delivered: Instant, _ deliveredEnd: SequenceNumber, patience: Interval,
    now: Instant, in pool: inout RangePool
  ) -> Interval? {
    var longest: Interval?
    var index = head
    while index != RangePool.none {
      let isOpen = pool[index].marks.isDisjoint(with: [.sacked, .lost])
      let sentAt = pool[index].sentAt
      let isOlder =
        sentAt < delivered || (sentAt == delivered && pool[index].end.precedes(deliveredEnd))
      if isOpen, isOlder {
        let remaining = sentAt + patience - now
        if remaining > .zero {
          longest = max(longest ?? remaining, remaining)
        } else {
          markLost(index, in: &pool)
        }
      }
      index = pool[index].next
    }
    return longest
  }

  /// Marks up to `length` bytes from the front as lost: a peer without SACK has said that the first
  /// segment is missing (RFC 6582).
  mutating func markFirstLost(_ length: Int, in pool: inout RangePool) {
    guard head != RangePool.none, pool[head].marks.isDisjoint(with: [.sacked, .lost]) else {
      return
    }
    let end = pool[head].start.advanced(by: length)
    if end.precedes(pool[head].end) { _ = split(head, at: end, in: &pool) }
    markLost(head, in: &pool)
  }

  /// Marks everything that the peer does not hold as lost: the retransmission timer ran out.
  ///
  /// With `forgettingSACK` what the peer said it holds counts no more: it may have thrown it away
  /// (RFC 2018, section 8).
  mutating func markAllLost(forgettingSACK: Bool, in pool: inout RangePool) {
    var index = head
    while index != RangePool.none {
      if forgettingSACK, pool[index].marks.contains(.sacked) {
        pool[index].marks.remove(.sacked)
        sackedCount -= Int32(truncatingIfNeeded: pool[index].length)
      }
      if pool[index].marks.isDisjoint(with: [.sacked, .lost]) { markLost(index, in: &pool) }
      index = pool[index].next
    }
  }

  /// Takes back that anything was lost: the time-out was spurious.
  mutating func unmarkLost(in pool: inout RangePool) {
    var index = head
    while index != RangePool.none {
      pool[index].marks.remove(.lost)
      index = pool[index].next
    }
    lostCount = 0
  }

  private mutating func markLost(_ index: UInt32, in pool: inout RangePool) {
    pool[index].marks.insert(.lost)
    lostCount += Int32(truncatingIfNeeded: pool[index].length)
  }

  /// Whether the first range is one that the peer said it holds: it has thrown it away.
  func isFirstSacked(in pool: borrowing RangePool) -> Bool {
    head != RangePool.none && pool[head].marks.contains(.sacked)
  }

  /// Puts every range back.
  mutating func removeAll(in pool: inout RangePool) {
    while head != RangePool.none {
      let next = pool[head].next
      pool.free(head)
      head = next
    }
    self = SentRanges()
  }
}
