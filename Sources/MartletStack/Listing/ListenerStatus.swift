internal import MartletWire

/// What is known of one listener at one moment.
public struct ListenerStatus: Sendable, BitwiseCopyable {
  /// Where it listens; the unspecified address means all of the host's.
  public let local: Endpoint
  /// The connections that wait for `accept`.
  public let readyCount: Int
  /// The handshakes under way.
  public let halfOpenCount: Int
  /// How many connections may wait.
  public let backlog: Int
}
