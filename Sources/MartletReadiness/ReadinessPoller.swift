public import MartletDevice

/// The kernel's way to wait for many descriptors at once: `epoll` here, `kqueue` elsewhere.
///
/// Level-triggered: a descriptor is told of in each wait for as long as it is ready.
public protocol ReadinessPoller: ~Copyable {
  /// Begins to watch a descriptor, which is then told of by `token`.
  ///
  /// Throws `SystemError` when the descriptor is watched already or cannot be (a plain file).
  mutating func add(
    _ descriptor: Int32, events: DescriptorEvents, token: UInt64
  ) throws(SystemError)

  /// Changes what a descriptor is watched for.
  mutating func change(
    _ descriptor: Int32, events: DescriptorEvents, token: UInt64
  ) throws(SystemError)

  /// Ends watching a descriptor. Must come before it is closed.
  mutating func remove(_ descriptor: Int32) throws(SystemError)

  /// Waits until a descriptor is ready or `timeout` is over (`nil` never is), then tells of each.
  ///
  /// A signal may end the wait early.
  mutating func wait(
    timeout: Interval?, _ body: (UInt64, DescriptorEvents) -> Void
  ) throws(SystemError)
}
