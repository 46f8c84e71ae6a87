public import MartletDevice

/// Tells every frame that crosses a device, and every call that drives it, on a line each.
public final class CaptureTextSink: CaptureSink, TraceSink {
  private let dissector: Dissector
  private let origin: CaptureTime
  private let filter: PacketFilter?
  private let linkType: LinkType
  private let write: (String) -> Void

  /// Tells what crosses a device of this medium.
  ///
  /// `origin` is the time of day at which the device's clock stood at zero. `write` takes each line,
  /// without its end. Without a filter every frame is told.
  public init(
    _ medium: DeviceCapabilities.Medium, origin: CaptureTime, filter: PacketFilter? = nil,
    dissector: Dissector = Dissector(), write: @escaping (String) -> Void
  ) {
    self.dissector = dissector
    self.origin = origin
    self.filter = filter
    self.write = write
    linkType = LinkType(medium)
  }

  /// Tells one frame: the time, `<` for received or `>` for sent, and the packet.
  public func capture(
    _ frame: RawSpan, info: FrameInfo, direction: FrameDirection, at time: Instant
  ) {
    if let filter, !filter.matches(frame, linkType: linkType) { return }
    let arrow = direction == .received ? "<" : ">"
    let line = dissector.line(of: frame, linkType: linkType, info: info)
    write("\(origin.advanced(to: time)) \(arrow) \(line)")
  }

  /// Tells one call.
  public func trace(_ event: DeviceEvent, at time: Instant) {
    write("\(origin.advanced(to: time)) \(Self.text(of: event))")
  }

  private static func text(of event: DeviceEvent) -> String {
    switch event {
    case .received(let count, let budget): "received \(count) of up to \(budget)"
    case .reserved(let lent, let asked): "reserved \(lent) of \(asked)"
    case .committed(let count): "committed \(count)"
    case .advanced(let instant): "advanced to \(instant.microseconds) µs"
    }
  }
}
