public import MartletDevice

extension Stack {
  /// Moves frames between one device and one interface: up to `budget` in, and as many out as wait
  /// and the device has room for.
  ///
  /// This is the whole loop between a device and a stack, generic so that it is specialised for
  /// each device. Call it when the device is readable or writable and after any call that left
  /// work; then look at `nextEvent` and at `nextDeadline`.
  ///
  /// Returns how many frames came in: `budget` of them mean that there may be more.
  @inlinable
  @discardableResult
  public mutating func service<Device: LinkDevice & ~Copyable>(
    _ device: inout Device, as id: InterfaceID, now: Instant, budget: Int = 64
  ) -> Int {
    device.advance(to: now)
    beginBatch()
    let count = device.receive(budget: budget) { frame, info in
      receive(frame, info: info, on: id, now: now)
    }
    endBatch()
    flush(to: &device, from: id, now: now)
    return count
  }

  /// Sends what waits for a device's slots, as far as it has any.
  @inlinable
  public mutating func flush<Device: LinkDevice & ~Copyable>(
    to device: inout Device, from id: InterfaceID, now: Instant
  ) {
    while hasWork(on: id) {
      let sent = fillSlots(of: &device, from: id, now: now)
      device.commit(sent)
      // None filled: what is left waits for something else than a slot.
      guard sent > 0 else { return }
    }
  }

  /// Fills as many slots as the device lends, and returns how many; 0 when it lends none.
  @inlinable
  mutating func fillSlots<Device: LinkDevice & ~Copyable>(
    of device: inout Device, from id: InterfaceID, now: Instant
  ) -> Int {
    guard var batch = device.reserve(device.capabilities.maximumBurst) else { return 0 }
    transmit(into: &batch, on: id, now: now)
    return batch.count
  }
}
