public import MartletDWN
public import MartletDevice
public import MartletHTTP

/// A light that is commanded by two hands: its hub's by DWN, and that of whoever has its page open.
///
/// Both live on one stack and are driven by it, one after the other.
public final class SharedLight<Memory: Storage & ~Copyable>: NodeDevice {
  /// The light itself.
  public private(set) var engine: LightEngine<Memory>

  /// Takes the light over.
  public init(_ engine: consuming LightEngine<Memory>) { self.engine = engine }

  /// What the light shows, or is on its way to.
  public var state: LightState { engine.state }

  /// How often the state was changed.
  public var revision: UInt32 { engine.revision }

  /// What is to be seen now.
  public func levels(at now: Instant) -> LightLevels { engine.levels(at: now) }

  /// Does what it is told, as ``LightEngine/handle(_:now:)`` does.
  public func handle(_ command: LightCommand, now: Instant) throws(LightCommandError) {
    try engine.handle(command, now: now)
  }

  // MARK: As a node's device

  /// That of the light.
  public var capabilities: NodeCapabilities { engine.capabilities }

  /// Does what an object says; false when it is none, or void.
  public func handle(object: ByteText, now: Instant) -> Bool {
    engine.handle(object: object, now: now)
  }

  /// Whether the state has changed since it was last asked, by whichever hand.
  public func takeChange() -> Bool { engine.takeChange() }

  /// Appends the whole state.
  public func appendReport(isStatus: Bool, to output: inout OutputBuffer) {
    engine.appendReport(isStatus: isStatus, to: &output)
  }

  /// Does what time asks for.
  public func poll(now: Instant) { engine.poll(now: now) }

  /// When `poll` is next needed.
  public func nextDeadline(after now: Instant) -> Instant? { engine.nextDeadline(after: now) }
}
