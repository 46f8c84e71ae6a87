/// Hands the frame to connection tracking (Nicira's `ct`).
public struct TrackAction: Equatable, Sendable {
  /// Whether a new connection is remembered.
  public var commits = false
  /// Whether a connection in the other direction is forgotten first.
  public var forces = false
  /// The table where the frame goes on, with its state known; `nil` goes on here, with it unknown.
  public var table: UInt8?
  /// The zone in which the connection lies.
  public var zone: Zone = .number(0)
  /// A helper's port; 21 is FTP. None is there.
  public var algorithm: UInt16 = 0
  /// Changes of mark and label, and `nat`.
  public var actions: [Action] = []

  /// Looks in zone 0 and goes on here.
  public init() {}

  /// A zone: a number, or bits of the frame.
  public enum Zone: Equatable, Sendable {
    case number(UInt16)
    case field(FieldRange)
  }
}
