/// Frames waiting in order in memory allocated once: what a software device is made of.
///
/// The writer is lent the very slots that the reader is later shown, so a frame is written once and
/// never copied.
struct FrameRing: ~Copyable {
  private var slots: TransmitSlots
  private var head = 0
  /// The frames waiting.
  private(set) var count = 0
  /// The slots of the last reservation.
  private var lent = 0

  /// Allocates room for `capacity` frames of up to `frameLength` bytes.
  init(capacity: Int, frameLength: Int) {
    slots = TransmitSlots(count: capacity, slotCapacity: frameLength)
  }

  /// The longest frame that fits.
  var frameLength: Int { slots.slotCapacity }

  private func wrapped(_ index: Int) -> Int {
    index < slots.count ? index : index &- slots.count
  }

  /// Lends up to `count` slots; fewer where the ring is nearly full or turns; `nil` when it is full.
  @_lifetime(&self)
  mutating func reserve(_ count: Int) -> TransmitBatch? {
    let tail = wrapped(head &+ self.count)
    lent = max(0, min(count, slots.count - self.count, slots.count - tail))
    guard lent > 0 else { return nil }
    return slots.lend(from: tail, count: lent)
  }

  /// Lets the first `count` slots of the last reservation wait to be read.
  mutating func commit(_ count: Int) {
    precondition(count >= 0 && count <= lent, "more frames than slots were lent")
    self.count += count
    lent = 0
  }

  /// Copies a frame in; false when it is too long or the ring is full.
  mutating func append(_ frame: RawSpan, info: FrameInfo) -> Bool {
    guard frame.byteCount <= frameLength, count < slots.count else { return false }
    slots.store(frame, info: info, at: wrapped(head &+ count))
    count += 1
    return true
  }

  /// Shows up to `budget` frames to `body`, oldest first, and lets go of them.
  mutating func drain(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    let shown = max(0, min(budget, count))
    for _ in 0..<shown {
      body(slots.bytes(at: head), slots.frame(at: head).info)
      head = wrapped(head &+ 1)
      count -= 1
    }
    return shown
  }
}
