public import MartletDevice

/// A link device without a descriptor whose frames come from elsewhere in the process.
public protocol WakingDevice: LinkDevice, ~Copyable {
  /// Calls `waker` from now on whenever frames can be received that could not before, or slots are
  /// free again after `reserve` found none; `nil` ends that.
  mutating func setWaker(_ waker: DeviceWaker?)
}
