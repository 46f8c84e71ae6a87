/// What takes the frames that a `CaptureDevice` sees: a capture file, a test's record.
public protocol CaptureSink: AnyObject {
  /// Takes note of one frame. The bytes are valid only during the call.
  func capture(_ frame: RawSpan, info: FrameInfo, direction: FrameDirection, at time: Instant)

  /// Whether it wants frames now. While it does not, they pass without being copied.
  var isActive: Bool { get }
}

extension CaptureSink {
  /// It always does.
  public var isActive: Bool { true }
}
