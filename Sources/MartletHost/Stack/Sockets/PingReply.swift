public import MartletDevice
public import MartletWire

/// What came back for a ping.
public struct PingReply: Equatable, Sendable {
  /// Who replied.
  public let source: IPv4Address
  /// From the request to the reply.
  public let roundTripTime: Interval
  /// The time to live that was left to the reply.
  public let timeToLive: UInt8
  /// The bytes of payload that came back.
  public let byteCount: Int
}
