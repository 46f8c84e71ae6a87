internal import MartletDevice

/// What all ports of a switch use in turn.
final class SharedMemory {
  private var finisher = FrameFinisher()

  /// See `FrameFinisher.finish`. During `body` only frames that need nothing may come here again: an
  /// answer to one that does not fit, for instance.
  func finish(_ frame: RawSpan, _ info: FrameInfo, _ body: (RawSpan) -> Void) -> Bool {
    guard info.segmentation != .none || info.checksum == .partial else {
      body(frame)
      return true
    }
    return finisher.finish(frame, info, body)
  }
}
