import MartletDevice
import MartletHost

/// A node as its control socket sees it.
struct ControlledNode: Sendable {
  /// Its name.
  let name: String
  /// Its stack.
  let network: NetworkStack
  /// What crosses its device.
  let captures: CaptureHub
  /// When it began, by its loop's clock.
  let start: Instant
}
