/// What the filler of a transmit slot says of the frame in it.
public struct TransmittedFrame: Equatable, Sendable, BitwiseCopyable {
  /// The frame's length in bytes.
  public var length: Int
  /// Which work is left to the device.
  public var info: FrameInfo

  /// A frame of `length` bytes.
  @inlinable
  public init(length: Int, info: FrameInfo) {
    self.length = length
    self.info = info
  }
}
