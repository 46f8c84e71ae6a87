public import MartletDWN
public import MartletDevice
public import MartletHTTP

/// What a node does, without anything of how it is talked to.
///
/// Who may command it is the server's to know; a device believes what it is given, and is safe
/// whatever that is.
public protocol NodeDevice: ~Copyable {
  /// What it can do beyond the plain protocol.
  var capabilities: NodeCapabilities { get }

  /// Whether a command is obeyed whoever gives it, because it can only make things safe.
  func isAlwaysObeyed(_ command: HubCommand) -> Bool

  /// Does what two bytes say; false when they mean nothing to it.
  mutating func handle(_ command: HubCommand, now: Instant) -> Bool

  /// Does what an object says; false when it means nothing to it.
  mutating func handle(object: ByteText, now: Instant) -> Bool

  /// Opens a valve for some seconds; false when it has none.
  mutating func handle(_ opening: ValveOpening, now: Instant) -> Bool

  /// Takes note that a hub is there, or is not.
  mutating func setHub(isPresent: Bool, now: Instant)

  /// Whether how it stands has changed since it was last asked.
  mutating func takeChange() -> Bool

  /// Appends how it stands, as a change or, when asked or just connected, as a status; nothing
  /// when it has nothing to tell.
  func appendReport(isStatus: Bool, to output: inout OutputBuffer)

  /// Appends the oldest event that was not told, as an object; false when there is none.
  mutating func appendEvent(to output: inout OutputBuffer) -> Bool

  /// Does what time asks for.
  mutating func poll(now: Instant)

  /// When `poll` is next needed after `now`; `nil` while nothing waits for time.
  func nextDeadline(after now: Instant) -> Instant?
}

extension NodeDevice where Self: ~Copyable {
  /// Obeys nobody unknown.
  public func isAlwaysObeyed(_ command: HubCommand) -> Bool { false }
  /// Knows no command.
  public mutating func handle(_ command: HubCommand, now: Instant) -> Bool { false }
  /// Knows no object.
  public mutating func handle(object: ByteText, now: Instant) -> Bool { false }
  /// Has no valve.
  public mutating func handle(_ opening: ValveOpening, now: Instant) -> Bool { false }
  /// Does without a hub.
  public mutating func setHub(isPresent: Bool, now: Instant) {}
  /// Does not change.
  public mutating func takeChange() -> Bool { false }
  /// Has nothing to tell.
  public func appendReport(isStatus: Bool, to output: inout OutputBuffer) {}
  /// Has no events.
  public mutating func appendEvent(to output: inout OutputBuffer) -> Bool { false }
  /// Does nothing.
  public mutating func poll(now: Instant) {}
  /// Nothing waits for time.
  public func nextDeadline(after now: Instant) -> Instant? { nil }
}
