internal import MartletWire

/// What is known of one UDP socket at one moment.
public struct UDPStatus: Sendable, BitwiseCopyable {
  /// Its own end; the unspecified address means all of the host's.
  public let local: Endpoint
  /// The end it is connected to, if it is.
  public let remote: Endpoint?
  /// The datagrams that wait to be read.
  public let unreadCount: Int
}
