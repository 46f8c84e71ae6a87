/// Which way a frame crosses a device, as its user sees it.
public enum FrameDirection: UInt8, Sendable, BitwiseCopyable {
  /// From the link to the user.
  case received
  /// From the user to the link.
  case sent
}
