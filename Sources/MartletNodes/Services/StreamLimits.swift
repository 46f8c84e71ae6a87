public import MartletDevice

/// How long the small TCP services are patient with a peer.
///
/// A peer that sends to echo or listens to chargen and never reads holds a share of the stack's
/// blocks; it must not hold them for as long as it likes.
public struct StreamLimits: Sendable {
  /// How long a peer may take no byte of what waits for it; its connection is then reset. It is
  /// noticed within half as long again.
  public var stallTime = Interval.seconds(60)
  /// How long a connection may stay open while nothing moves on it in either direction; it is then
  /// closed.
  public var idleTime = Interval.seconds(600)

  /// The limits of a host.
  public init() {}

  /// How often peers are looked at.
  var lookInterval: Interval {
    max(min(stallTime, idleTime) / 2, .milliseconds(1))
  }
}
