public import MartletDWN
public import MartletDevice
public import MartletHTTP

extension AlarmInputs: NodeDevice where Pins: ~Copyable {
  /// Nothing beyond the plain protocol.
  public var capabilities: NodeCapabilities { [] }

  /// Appends which inputs are active, as a mask.
  public func appendReport(isStatus: Bool, to output: inout OutputBuffer) {
    output.append(isStatus ? NodeMessage.status(mask) : .changed(mask))
  }

  /// When to look again at the latest.
  public func nextDeadline(after now: Instant) -> Instant? { nextDeadline }
}
