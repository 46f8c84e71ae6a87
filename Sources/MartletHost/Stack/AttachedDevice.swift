public import MartletDevice
public import MartletStack

/// A device that a stack on an event loop drives, for its owner to look at or to feed.
///
/// On the loop's thread alone.
public final class AttachedDevice<Device: LinkDevice & ~Copyable>: @unchecked Sendable {
  /// The stack's name for it.
  public let interface: InterfaceID
  @usableFromInline let loop: EventLoop
  @usableFromInline var device: Device

  @usableFromInline
  init(_ device: consuming Device, as interface: InterfaceID, on loop: EventLoop) {
    self.interface = interface
    self.loop = loop
    self.device = device
  }

  /// Calls `body` with the device; afterwards the stack looks at it. Ends the process when the
  /// caller is not on the loop's thread.
  public func withDevice<Result, Failure: Error>(
    _ body: (inout Device) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    loop.checkIsolated()
    defer { loop.wake() }
    return try body(&device)
  }
}
