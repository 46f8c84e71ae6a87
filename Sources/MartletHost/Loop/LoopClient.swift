package import MartletDevice
package import MartletReadiness

/// What an event loop gives a turn in every round.
package protocol LoopClient: AnyObject {
  /// Does what there is to do, within bounds, and returns when the next turn is due at the latest:
  /// a time that has passed when something is left, `nil` when only an event can bring more.
  func turn(now: Instant) -> Instant?
}

/// What an event loop tells of a descriptor.
package protocol DescriptorWatcher: AnyObject {
  /// The descriptor is ready, and will be told of again for as long as it is.
  func descriptorIsReady(_ events: DescriptorEvents)
}
