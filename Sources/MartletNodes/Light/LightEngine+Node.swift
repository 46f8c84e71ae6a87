public import MartletDWN
public import MartletDevice
public import MartletHTTP

extension LightEngine: NodeDevice where Memory: ~Copyable {
  /// It takes objects.
  public var capabilities: NodeCapabilities { .objects }

  /// Does what an object says; false when it is none, or void.
  public mutating func handle(object: ByteText, now: Instant) -> Bool {
    do throws(LightCommandError) {
      try handle(LightCommand(parsing: object), now: now)
      return true
    } catch {
      return false
    }
  }

  /// Whether the state has changed since it was last asked.
  public mutating func takeChange() -> Bool {
    defer { toldRevision = revision }
    return toldRevision != revision
  }

  /// Appends the whole state.
  public func appendReport(isStatus: Bool, to output: inout OutputBuffer) {
    state.emit(revision: revision, into: &output)
  }
}
