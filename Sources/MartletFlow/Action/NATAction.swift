/// Which address and port a tracked connection gets (Nicira's `nat`).
public struct NATAction: Equatable, Sendable {
  /// What is changed of a new connection; without, only what was decided before is done.
  public enum Direction: Equatable, Sendable {
    case source
    case destination
  }

  /// What is changed of a new connection; `nil` does what was decided before.
  public var direction: Direction?
  /// The addresses, first and last.
  public var addresses: ClosedRange<UInt32>?
  /// The IPv6 addresses, first and last.
  public var addresses6: ClosedRange<UInt128>?
  /// The ports, first and last.
  public var ports: ClosedRange<UInt16>?
  /// Keeps the choice over a restart; it has no effect.
  public var isPersistent = false
  /// Chooses ports by hash.
  public var hashes = false
  /// Chooses ports by chance.
  public var isRandom = false

  /// Does what was decided before.
  public init() {}
}
