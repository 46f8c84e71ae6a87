/// What a driver counts. Each frame that does not reach the owner is in one of the drops.
public struct CardCounters: Equatable, Sendable {
  /// Frames handed to the owner.
  public var received: UInt64 = 0
  /// Frames given to the card.
  public var transmitted: UInt64 = 0
  /// Frames that the card dropped for want of room, by its own count.
  public var missed: UInt64 = 0
  /// Frames that arrived damaged, and those lost with a ring that was reset.
  public var receiveErrors: UInt64 = 0
  /// Frames that the card could not send.
  public var transmitErrors: UInt64 = 0
  /// How often the receive ring was full.
  public var overflows: UInt64 = 0
  /// How often the receiver was reset to recover.
  public var resets: UInt64 = 0
  /// How often the link came or went.
  public var linkChanges: UInt64 = 0

  /// All zero.
  public init() {}
}
