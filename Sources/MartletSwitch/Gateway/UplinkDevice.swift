internal import MartletDevice
internal import MartletHost

/// A gateway's outer port as its stack sees it: what crosses it is translated.
struct UplinkDevice: ~Copyable, WakingDevice {
  private var base: SegmentPort
  private let uplink: Uplink
  /// What the stack writes.
  private var slots: TransmitSlots

  init(_ base: consuming SegmentPort, _ uplink: Uplink) {
    let capabilities = base.capabilities
    slots = TransmitSlots(
      count: capabilities.maximumBurst, slotCapacity: capabilities.maximumFrameLength)
    self.base = base
    self.uplink = uplink
  }

  var capabilities: DeviceCapabilities { base.capabilities }

  mutating func setWaker(_ waker: DeviceWaker?) { base.setWaker(waker) }

  mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    let uplink = uplink
    return base.receive(budget: budget) { frame, info in uplink.receive(frame, info, body) }
  }

  @_lifetime(&self)
  mutating func reserve(_ count: Int) -> TransmitBatch? {
    slots.lend(count: max(0, min(count, slots.count)))
  }

  mutating func commit(_ count: Int) {
    for index in 0..<count where uplink.takeOutbound(at: index, of: &slots) {
      Self.send(index, of: slots, to: &base)
    }
  }

  private static func send(
    _ index: Int, of slots: borrowing TransmitSlots, to base: inout SegmentPort
  ) {
    guard var batch = base.reserve(1) else { return }
    batch.append(copying: slots.bytes(at: index), info: slots.frame(at: index).info)
    base.commit(1)
  }

  mutating func advance(to now: Instant) {
    uplink.advance(to: now)
    base.advance(to: now)
  }

  var nextDeadline: Instant? { earliest(base.nextDeadline, uplink.nextDeadline) }
}
