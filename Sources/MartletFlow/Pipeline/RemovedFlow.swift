public import MartletDevice

/// A flow that went (OpenFlow 1.3, 7.4.2).
public struct RemovedFlow: Sendable {
  /// Why; the values are the protocol's.
  public enum Reason: UInt8, Sendable {
    case idleTimeout = 0
    case hardTimeout = 1
    case deleted = 2
    case groupDeleted = 3
  }

  /// The flow as it was.
  public var flow: Flow
  /// Why it went.
  public var reason: Reason
  /// When it went.
  public var time: Instant
}
