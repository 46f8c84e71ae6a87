public import MartletDevice

// A capture changes nothing of how a loop waits for the device under it.

extension CaptureDevice: HostDevice where Base: HostDevice & ~Copyable {
  /// The wrapped device's.
  public var readinessDescriptor: Int32 { base.readinessDescriptor }
  /// The wrapped device's.
  public var wantsWritable: Bool { base.wantsWritable }
  /// The wrapped device's.
  public var counters: HostDeviceCounters { base.counters }
  /// Passes it on.
  public mutating func noteDescriptorError() { base.noteDescriptorError() }
  /// The wrapped device's.
  public var hasEnded: Bool { base.hasEnded }
}

extension CaptureDevice: WakingDevice where Base: WakingDevice & ~Copyable {
  /// Passes the waker on.
  public mutating func setWaker(_ waker: DeviceWaker?) { base.setWaker(waker) }
}
