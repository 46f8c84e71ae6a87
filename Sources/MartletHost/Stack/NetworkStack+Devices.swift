public import MartletDevice
internal import MartletReadiness
public import MartletStack

extension NetworkStack {
  /// Attaches a device in memory, looked at in every round of the loop: a `LoopbackDevice`, a
  /// `QueueDevice` fed by `AttachedDevice.withDevice`. Stacks meet on a `SharedSegment`.
  ///
  /// With `acceptsAllDestinations` packets to any address are this stack's: a packet tunnel. Throws
  /// `NetworkError.stack` when the stack refuses the interface.
  @inlinable
  public func attach<Device: LinkDevice & ~Copyable>(
    _ device: consuming sending Device, acceptsAllDestinations: Bool = false
  ) throws(NetworkError) -> AttachedDevice<Device> {
    let interface = try addInterface(device.capabilities, acceptsAllDestinations)
    let attached = AttachedDevice(device, as: interface, on: loop)
    let pump = DevicePump(
      service: { stack, now, budget in
        stack.service(&attached.device, as: interface, now: now, budget: budget)
      },
      flush: { stack, now in stack.flush(to: &attached.device, from: interface, now: now) },
      nextDeadline: { attached.device.nextDeadline })
    try addPort(interface, pump, source: .polled)
    return attached
  }

  /// Attaches a device made of a descriptor, which the loop waits for.
  ///
  /// With `acceptsAllDestinations` packets to any address are this stack's: a packet tunnel. Throws
  /// `NetworkError.stack` when the stack refuses the interface.
  @inlinable
  public func attach<Device: HostDevice & ~Copyable>(
    _ device: consuming sending Device, acceptsAllDestinations: Bool = false
  ) throws(NetworkError) -> AttachedDevice<Device> {
    let descriptor = device.readinessDescriptor
    let interface = try addInterface(device.capabilities, acceptsAllDestinations)
    let attached = AttachedDevice(device, as: interface, on: loop)
    let pump = DevicePump(
      service: { stack, now, budget in
        stack.service(&attached.device, as: interface, now: now, budget: budget)
      },
      flush: { stack, now in stack.flush(to: &attached.device, from: interface, now: now) },
      nextDeadline: { attached.device.nextDeadline },
      wantsWritable: { attached.device.wantsWritable },
      hasEnded: { attached.device.hasEnded })
    try addPort(interface, pump, source: .descriptor(descriptor))
    return attached
  }

  /// Attaches a device that tells of its frames from anywhere in the process.
  ///
  /// With `acceptsAllDestinations` packets to any address are this stack's: a packet tunnel. Throws
  /// `NetworkError.stack` when the stack refuses the interface.
  @inlinable
  public func attach<Device: WakingDevice & ~Copyable>(
    _ device: consuming sending Device, acceptsAllDestinations: Bool = false
  ) throws(NetworkError) -> AttachedDevice<Device> {
    let interface = try addInterface(device.capabilities, acceptsAllDestinations)
    let attached = AttachedDevice(device, as: interface, on: loop)
    let pump = DevicePump(
      service: { stack, now, budget in
        stack.service(&attached.device, as: interface, now: now, budget: budget)
      },
      flush: { stack, now in stack.flush(to: &attached.device, from: interface, now: now) },
      nextDeadline: { attached.device.nextDeadline },
      silence: { attached.device.setWaker(nil) })
    let waker = makeWaker()
    attached.device.setWaker(waker)
    try addPort(interface, pump, source: .waker(waker))
    return attached
  }

  /// Detaches a device: its addresses and routes go, its connections end, and the device ends when
  /// nobody holds it any more.
  public func detach(_ interface: InterfaceID) throws(NetworkError) {
    do throws(StackError) { try driver.detach(interface) } catch { throw .stack(error) }
  }

  @usableFromInline
  func addInterface(
    _ capabilities: DeviceCapabilities, _ acceptsAllDestinations: Bool
  ) throws(NetworkError) -> InterfaceID {
    do throws(StackError) {
      return try driver.stack.addInterface(
        capabilities, acceptsAllDestinations: acceptsAllDestinations)
    } catch {
      throw .stack(error)
    }
  }

  @usableFromInline
  func addPort(
    _ interface: InterfaceID, _ pump: DevicePump, source: DevicePort.Source
  ) throws(NetworkError) {
    do throws(SystemError) {
      driver.add(try DevicePort(interface, pump, source: source, loop: loop))
    } catch {
      try? driver.stack.removeInterface(interface)
      throw .system(error)
    }
    loop.wake()
  }

  @usableFromInline
  func makeWaker() -> DeviceWaker { DeviceWaker(loop: loop) }
}
