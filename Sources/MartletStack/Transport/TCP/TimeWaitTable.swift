internal import MartletDevice
internal import MartletWire

/// Connections in TIME-WAIT, each a compact record, in the order in which they expire.
///
/// All wait equally long, so the order is that of their beginning and no timer is needed for each.
/// When the table is full the oldest makes room: it has waited longest.
struct TimeWaitTable: ~Copyable {
  private var records: Slab<Record>
  private var first = UInt32.max
  private var last = UInt32.max

  /// What must be known to answer late segments (RFC 9293, 3.10.7.4; RFC 6191).
  struct Record: BitwiseCopyable {
    let key: ConnectionKey
    let hash: UInt32
    let sendNext: SequenceNumber
    let receiveNext: SequenceNumber
    let timestampRecent: UInt32
    let timestampOffset: UInt32
    let window: UInt16
    let hasTimestamps: Bool
    var expiry: Instant
    /// When a segment that has no business here was last answered.
    var answeredAt: Instant?
    fileprivate var next = UInt32.max
    fileprivate var previous = UInt32.max

    init(_ connection: borrowing Connection, window: UInt16, expiry: Instant) {
      key = connection.key
      hash = connection.hash
      sendNext = connection.sendNext
      receiveNext = connection.receiveNext
      timestampRecent = connection.timestampRecent
      timestampOffset = connection.timestampOffset
      self.window = window
      hasTimestamps = connection.flags.contains(.timestamps)
      self.expiry = expiry
    }
  }

  /// Makes room for `capacity` records.
  init(capacity: Int) {
    records = Slab(capacity: capacity)
  }

  /// The record at `index`.
  subscript(index: Int) -> Record { records[index] }
  /// The number of records.
  var count: Int { records.count }
  /// Whether the oldest must make room for another.
  var isFull: Bool { records.isFull }
  /// The record that expires first; `nil` when there is none.
  var oldest: Int? { first == .max ? nil : Int(first) }
  /// When that is; `nil` when there is none.
  var nextDeadline: Instant? { first == .max ? nil : records[Int(first)].expiry }

  /// Whether `body` is true of any record.
  func contains(where body: (Record) -> Bool) -> Bool {
    var index = first
    while index != .max {
      let record = records[Int(index)]
      if body(record) { return true }
      index = record.next
    }
    return false
  }

  /// Adds a record, which expires last; `nil` when the table is full.
  mutating func append(_ record: Record) -> Int? {
    guard let index = records.insert(record) else { return nil }
    link(index)
    return index
  }

  /// Removes a record and returns it.
  mutating func remove(_ index: Int) -> Record {
    unlink(index)
    return records.remove(at: index)
  }

  /// The peer's FIN came again: the wait begins anew (RFC 9293, 3.10.7.4).
  mutating func restart(_ index: Int, expiry: Instant) {
    unlink(index)
    records[index].expiry = expiry
    link(index)
  }

  /// Whether a segment that has no business here may be answered now, twice a second at most: two
  /// confused ends must not answer each other for ever (RFC 5961, section 7).
  mutating func mayAnswer(_ index: Int, now: Instant) -> Bool {
    if let last = records[index].answeredAt, now - last < .milliseconds(500) { return false }
    records[index].answeredAt = now
    return true
  }

  private mutating func link(_ index: Int) {
    records[index].next = .max
    records[index].previous = last
    let place = UInt32(truncatingIfNeeded: index)
    if last == .max {
      first = place
    } else {
      records[Int(last)].next = place
    }
    last = place
  }

  private mutating func unlink(_ index: Int) {
    let next = records[index].next
    let previous = records[index].previous
    if next == .max {
      last = previous
    } else {
      records[Int(next)].previous = previous
    }
    if previous == .max {
      first = next
    } else {
      records[Int(previous)].next = next
    }
  }
}
