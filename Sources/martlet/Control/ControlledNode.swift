import MartletDevice
import MartletGateway
import MartletHost

/// A node as its control socket sees it.
struct ControlledNode: Sendable {
  /// Its name.
  private(set) var name: String
  /// Its stack.
  let network: NetworkStack
  /// What crosses its device.
  let captures: CaptureHub
  /// When it began, by its loop's clock.
  let start: Instant
  /// The gateway that it is, if it is one.
  var gateway: Gateway?
  /// The device of a home that it is, if somebody can stand before it.
  var device: DeviceHandle?

  /// The same under another name.
  func renamed(_ name: String) -> Self {
    var node = self
    node.name = name
    return node
  }
}
