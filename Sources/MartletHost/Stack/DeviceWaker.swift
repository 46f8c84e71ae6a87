internal import Synchronization

/// What a device without a descriptor calls when frames have come.
///
/// From any thread, at any time, as often as it likes: between two looks at the device one call
/// counts.
public final class DeviceWaker: Sendable {
  private let loop: EventLoop
  private let isCalled = Atomic<Bool>(true)

  /// Begins as called: what came before is looked at once.
  package init(loop: EventLoop) { self.loop = loop }

  /// Lets the device's loop look at it soon.
  public func wake() {
    guard !isCalled.exchange(true, ordering: .acquiringAndReleasing) else { return }
    loop.wake()
  }

  /// Whether it was called since this was last asked.
  package func take() -> Bool { isCalled.exchange(false, ordering: .acquiringAndReleasing) }
}
