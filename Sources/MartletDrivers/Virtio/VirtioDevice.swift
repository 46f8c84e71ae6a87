/// A virtio device's registers, and the steps that bring every kind of device up (virtio 1.2, 3.1).
public struct VirtioDevice<Registers: DeviceRegisters> {
  let common: Registers
  let notify: Registers
  let interrupt: Registers
  /// The registers of this kind of device.
  let device: Registers
  let deviceByteCount: Int
  private let notifyMultiplier: Int
  private let notifyByteCount: Int

  /// Takes the blocks that `layout` found; `map` makes each reachable.
  public init(
    _ layout: VirtioLayout, _ map: (VirtioLayout.Block) throws(CardFailure) -> Registers
  ) throws(CardFailure) {
    common = try map(layout.common)
    notify = try map(layout.notify)
    interrupt = try map(layout.interrupt)
    device = layout.device.byteCount > 0 ? try map(layout.device) : common
    deviceByteCount = Int(truncatingIfNeeded: layout.device.byteCount)
    notifyMultiplier = Int(layout.notifyMultiplier)
    notifyByteCount = Int(truncatingIfNeeded: layout.notify.byteCount)
  }

  /// Resets the device and settles what both sides do: as much of `wanted` as it offers, and
  /// version 1. Returns that.
  func begin(wanted: UInt64) throws(CardFailure) -> UInt64 {
    guard common.read8(VirtioRegister.status) != .max else { throw .gone }
    common.write8(0, at: VirtioRegister.status)
    var patience = 100_000
    while common.read8(VirtioRegister.status) != 0 {
      patience -= 1
      if patience == 0 { throw .resetStalled }
    }
    common.write8(VirtioStatus.acknowledge, at: VirtioRegister.status)
    common.write8(VirtioStatus.acknowledge | VirtioStatus.driver, at: VirtioRegister.status)
    let features = offeredFeatures & (wanted | VirtioFeature.version1)
    guard features & VirtioFeature.version1 != 0 else { throw .unsupported }
    accept(features)
    let status = VirtioStatus.acknowledge | VirtioStatus.driver | VirtioStatus.featuresOK
    common.write8(status, at: VirtioRegister.status)
    guard common.read8(VirtioRegister.status) & VirtioStatus.featuresOK != 0 else {
      throw .unsupported
    }
    return features
  }

  /// Lets the device work.
  func finish() {
    let status = common.read8(VirtioRegister.status)
    common.write8(status | VirtioStatus.driverOK, at: VirtioRegister.status)
  }

  /// Stops the device for good.
  func stop() { common.write8(0, at: VirtioRegister.status) }

  /// Makes queue `index`, of at most `limit` entries, a power of two.
  func makeQueue(
    _ index: UInt16, limit: Int, memory: some DMAAllocator
  ) throws(CardFailure) -> Virtqueue {
    common.write16(index, at: VirtioRegister.queueSelect)
    let offered = Int(common.read16(VirtioRegister.queueSize))
    guard offered != 0xFFFF else { throw .gone }
    let size = min(offered, limit)
    guard size >= 2, size & (size - 1) == 0 else { throw .unsupported }
    let place = Int(common.read16(VirtioRegister.queueNotifyOffset)) * notifyMultiplier
    guard place <= notifyByteCount - 2 else { throw .unsupported }
    let queue = Virtqueue(
      index: index, size: size, notifyOffset: place,
      memory: try memory.require(byteCount: Virtqueue.byteCount(of: size), alignment: 4096))
    common.write16(UInt16(truncatingIfNeeded: size), at: VirtioRegister.queueSize)
    write(queue.descriptorAddress, at: VirtioRegister.queueDescriptors)
    write(queue.availableAddress, at: VirtioRegister.queueDriver)
    write(queue.usedAddress, at: VirtioRegister.queueDevice)
    common.write16(1, at: VirtioRegister.queueEnable)
    return queue
  }

  /// Lets the changes of the configuration and the queues interrupt by the first message of the
  /// function's table; false when the device has no room for that (virtio 1.2, 4.1.5.1.2).
  func useFirstMessage(queueCount: UInt16) -> Bool {
    common.write16(0, at: VirtioRegister.configurationVector)
    var isAccepted = common.read16(VirtioRegister.configurationVector) == 0
    for index in 0..<queueCount {
      common.write16(index, at: VirtioRegister.queueSelect)
      common.write16(0, at: VirtioRegister.queueVector)
      if common.read16(VirtioRegister.queueVector) != 0 { isAccepted = false }
    }
    return isAccepted
  }

  /// Shows the device what was offered to it in a queue.
  func publish(_ queue: inout Virtqueue) {
    if queue.publish() { notify.write16(queue.index, at: queue.notifyOffset) }
  }

  private var offeredFeatures: UInt64 {
    common.write32(0, at: VirtioRegister.deviceFeatureSelect)
    let low = common.read32(VirtioRegister.deviceFeature)
    common.write32(1, at: VirtioRegister.deviceFeatureSelect)
    return UInt64(common.read32(VirtioRegister.deviceFeature)) << 32 | UInt64(low)
  }

  private func accept(_ features: UInt64) {
    common.write32(0, at: VirtioRegister.driverFeatureSelect)
    common.write32(UInt32(truncatingIfNeeded: features), at: VirtioRegister.driverFeature)
    common.write32(1, at: VirtioRegister.driverFeatureSelect)
    common.write32(UInt32(truncatingIfNeeded: features >> 32), at: VirtioRegister.driverFeature)
  }

  private func write(_ address: UInt64, at offset: Int) {
    common.write32(UInt32(truncatingIfNeeded: address), at: offset)
    common.write32(UInt32(truncatingIfNeeded: address >> 32), at: offset + 4)
  }
}

extension VirtioDevice: Sendable where Registers: Sendable {}
