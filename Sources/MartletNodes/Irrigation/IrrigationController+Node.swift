public import MartletDWN
public import MartletDevice
public import MartletHTTP

extension IrrigationController: NodeDevice where Pins: ~Copyable, Memory: ~Copyable {
  /// It takes a time with the command to open.
  public var capabilities: NodeCapabilities { .duration }

  /// A stranger can stop water, not start it.
  public func isAlwaysObeyed(_ command: HubCommand) -> Bool {
    ValveCommand(command) == .closeAll
  }

  /// Does what two bytes say; false when they mean nothing to it.
  public mutating func handle(_ command: HubCommand, now: Instant) -> Bool {
    guard let command = ValveCommand(command) else { return false }
    handle(command, now: now)
    return true
  }

  /// Opens a valve for some seconds.
  public mutating func handle(_ opening: ValveOpening, now: Instant) -> Bool {
    open(opening.valve, seconds: opening.seconds, now: now)
    return true
  }

  /// Appends which valve is open, as a mask.
  public func appendReport(isStatus: Bool, to output: inout OutputBuffer) {
    output.append(isStatus ? NodeMessage.status(mask) : .changed(mask))
  }

  /// Appends the oldest event that was not told.
  public mutating func appendEvent(to output: inout OutputBuffer) -> Bool {
    guard let event = takeEvent() else { return false }
    event.emit(into: &output)
    return true
  }

  /// When `poll` is next needed.
  public func nextDeadline(after now: Instant) -> Instant? { nextDeadline }
}
