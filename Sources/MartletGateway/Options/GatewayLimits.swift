public import MartletDevice

/// How much guests may have at once, and for how long without using it.
public struct GatewayLimits: Equatable, Sendable {
  /// The TCP connections of all guests; each is a descriptor of the host.
  public var connections = 2048
  /// The TCP connections of one guest.
  public var connectionsEach = 512
  /// The UDP conversations of all guests.
  public var datagramFlows = 1024
  /// The UDP conversations of one guest.
  public var datagramFlowsEach = 256
  /// The pings of all guests.
  public var echoFlows = 64
  /// The pings of one guest.
  public var echoFlowsEach = 16
  /// The peers of all forwarded UDP ports.
  public var forwardedPeers = 256

  /// How long a connection may take to be made.
  public var connectTime = Interval.seconds(60)
  /// How long a connection may be idle (RFC 5382, section 5: at least 2 h 4 min).
  public var connectionIdleTime = Interval.seconds(7440)
  /// How long a connection may be idle of which one side has ended.
  public var halfClosedIdleTime = Interval.seconds(600)
  /// How long a UDP conversation may be idle before anything came back.
  public var unansweredIdleTime = Interval.seconds(30)
  /// How long a UDP conversation may be idle (RFC 4787, section 4.3: at least 2 min).
  public var datagramIdleTime = Interval.seconds(180)
  /// How long a ping waits for its answer.
  public var echoIdleTime = Interval.seconds(10)

  /// The defaults, for some tens of guests.
  public init() {}
}
