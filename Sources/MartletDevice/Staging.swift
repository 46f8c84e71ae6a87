/// Slots in which a middleware device lets its user write, to look at the frames before the wrapped
/// device gets them.
@usableFromInline
struct Staging: ~Copyable {
  @usableFromInline var slots: TransmitSlots

  @usableFromInline
  init(_ capabilities: DeviceCapabilities) {
    slots = TransmitSlots(
      count: max(1, min(capabilities.maximumBurst, 64)),
      slotCapacity: capabilities.maximumFrameLength)
  }

  /// Lends as many slots as `base` has free now; `nil` when it has none.
  ///
  /// Nobody but the middleware sends through `base`, so that it will have as many when they are
  /// filled.
  @_lifetime(&self)
  @inlinable
  mutating func reserve<Base: LinkDevice & ~Copyable>(
    _ count: Int, for base: inout Base
  ) -> TransmitBatch? {
    let lent = Self.free(in: &base, atMost: min(count, slots.count))
    guard lent > 0 else { return nil }
    return slots.lend(count: lent)
  }

  @inlinable
  static func free<Base: LinkDevice & ~Copyable>(in base: inout Base, atMost count: Int) -> Int {
    let free = base.reserve(count)?.capacity ?? 0
    base.commit(0)
    return free
  }

  /// Copies the first `count` frames to `base` and returns how many it took.
  @inlinable
  @discardableResult
  func send<Base: LinkDevice & ~Copyable>(_ count: Int, to base: inout Base) -> Int {
    var sent = 0
    while sent < count {
      let copied = copy(sent..<count, to: &base)
      base.commit(copied)
      guard copied > 0 else { break }
      sent += copied
    }
    return sent
  }

  @inlinable
  func copy<Base: LinkDevice & ~Copyable>(_ range: Range<Int>, to base: inout Base) -> Int {
    guard var batch = base.reserve(range.count) else { return 0 }
    for index in range where !batch.isFull {
      batch.append(copying: slots.bytes(at: index), info: slots.frame(at: index).info)
    }
    return batch.count
  }

  /// Puts the first `count` frames on a link.
  @inlinable
  func offer(_ count: Int, to line: inout ImpairedLine, now: Instant) {
    for index in 0..<count {
      line.offer(slots.bytes(at: index), info: slots.frame(at: index).info, now: now)
    }
  }
}
