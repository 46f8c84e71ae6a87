/// Where a house stands: its clock, and its sun.
public struct Place: Sendable {
  /// Its clock.
  public var zone: LocalTimeZone
  /// Where it is; `nil` when nobody has said.
  public var position: GeographicPosition?

  /// Takes both.
  public init(zone: LocalTimeZone, position: GeographicPosition? = nil) {
    self.zone = zone
    self.position = position
  }
}
