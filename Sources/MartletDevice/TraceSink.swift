/// What takes the events of a `TracingDevice`.
public protocol TraceSink: AnyObject {
  /// Takes note of one call.
  func trace(_ event: DeviceEvent, at time: Instant)
}
