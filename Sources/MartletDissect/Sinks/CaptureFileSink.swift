public import MartletDevice

/// Writes what crosses a device as a pcapng file.
///
/// ```swift
/// let sink = CaptureFileSink(.ethernet, name: "tap0", origin: now) { file.write($0) }
/// var device = CaptureDevice(tap, sink: sink)
/// ```
public final class CaptureFileSink: CaptureSink {
  private let writer = PcapngWriter()
  private let origin: CaptureTime
  private let filter: PacketFilter?
  private let linkType: LinkType
  private let write: ([UInt8]) -> Void
  /// The packets written so far.
  public private(set) var count = 0

  /// Begins a file.
  ///
  /// `origin` is the time of day at which the device's clock stood at zero. `write` takes the
  /// file's bytes in order, the head at once. Without a filter every frame is written.
  public init(
    _ medium: DeviceCapabilities.Medium, name: String = "", origin: CaptureTime,
    filter: PacketFilter? = nil, write: @escaping ([UInt8]) -> Void
  ) {
    self.origin = origin
    self.filter = filter
    self.write = write
    linkType = LinkType(medium)
    write(writer.header + writer.interface(linkType, name: name))
  }

  /// Writes one frame.
  public func capture(
    _ frame: RawSpan, info: FrameInfo, direction: FrameDirection, at time: Instant
  ) {
    if let filter, !filter.matches(frame, linkType: linkType) { return }
    count += 1
    write(writer.packet(frame, time: origin.advanced(to: time), direction: direction))
  }
}
