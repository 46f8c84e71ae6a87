public import MartletDevice

/// A link device made of a descriptor, which an event loop can wait for.
public protocol HostDevice: LinkDevice, ~Copyable {
  /// What to watch for `.readable`, and for `.writable` while `wantsWritable`.
  var readinessDescriptor: Int32 { get }
  /// Whether frames wait in the device for the descriptor to take more.
  var wantsWritable: Bool { get }
  /// What the device has moved, and what it could not.
  var counters: HostDeviceCounters { get }
  /// Looks at what the system has to say after it told of an error on the descriptor.
  mutating func noteDescriptorError()
  /// Whether the other side is gone for good: the interface removed, the socket closed.
  var hasEnded: Bool { get }
}

extension HostDevice where Self: ~Copyable {
  /// A device that keeps nothing back.
  public var wantsWritable: Bool { false }
  /// A device that learns of errors when it next receives.
  public mutating func noteDescriptorError() {}
}
