public import MartletDevice
internal import MartletWire

/// What is plugged into a `SharedSegment`: Ethernet without offloads, never full.
public struct SegmentPort: ~Copyable, WakingDevice {
  /// Ethernet at the segment's MTU.
  public let capabilities: DeviceCapabilities
  private let segment: SharedSegment
  private let number: Int
  private var slots: TransmitSlots

  init(
    _ number: Int, of segment: SharedSegment, linkAddress: MACAddress,
    maximumTransmissionUnit: Int
  ) {
    capabilities = DeviceCapabilities(
      medium: .ethernet, maximumTransmissionUnit: maximumTransmissionUnit,
      linkAddress: linkAddress, maximumBurst: 64)
    self.segment = segment
    self.number = number
    slots = TransmitSlots(
      count: capabilities.maximumBurst, slotCapacity: capabilities.maximumFrameLength)
  }

  deinit { segment.removePort(number) }

  /// Calls `waker` when frames have begun to wait.
  public mutating func setWaker(_ waker: DeviceWaker?) {
    segment.setWaker(waker, of: number)
  }

  /// Shows frames that others have sent here.
  public mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    segment.receive(at: number, budget: budget, body)
  }

  /// Lends slots; they are free again after each `commit`.
  @_lifetime(&self)
  public mutating func reserve(_ count: Int) -> TransmitBatch? {
    slots.lend(count: max(0, min(count, slots.count)))
  }

  /// Puts the frames on the segment.
  public mutating func commit(_ count: Int) {
    guard count > 0 else { return }
    segment.send(count, of: slots, from: number)
  }
}
