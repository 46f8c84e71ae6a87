public import MartletDevice

/// How long a connection is remembered without a packet, by protocol and state.
public struct TrackingTimeouts: Equatable, Sendable {
  /// TCP: a SYN, and nothing else yet.
  public var tcpSynSent = Interval.seconds(120)
  /// TCP: SYN and SYN-ACK.
  public var tcpSynReceived = Interval.seconds(60)
  /// TCP: established. RFC 5382, section 5, asks for 2 h 4 min at least.
  public var tcpEstablished = Interval.seconds(432_000)
  /// TCP: established, seen from one side only or picked up in the middle.
  public var tcpUnanswered = Interval.seconds(300)
  /// TCP: one side has closed.
  public var tcpFinWait = Interval.seconds(120)
  /// TCP: its FIN is acknowledged, the other side sends on.
  public var tcpCloseWait = Interval.seconds(60)
  /// TCP: both have closed.
  public var tcpLastAck = Interval.seconds(30)
  /// TCP: both FINs are acknowledged.
  public var tcpTimeWait = Interval.seconds(120)
  /// TCP: reset.
  public var tcpClosed = Interval.seconds(10)
  /// UDP without an answer.
  public var udp = Interval.seconds(30)
  /// UDP with answers. RFC 4787, section 4.3, asks for 2 minutes at least.
  public var udpStream = Interval.seconds(120)
  /// ICMP queries.
  public var icmp = Interval.seconds(30)
  /// Anything else.
  public var other = Interval.seconds(600)
  /// The pieces of one packet.
  public var fragment = Interval.seconds(30)

  /// The usual times.
  public init() {}

  func interval(of tcp: TCPTracker, isAnswered: Bool) -> Interval {
    switch tcp.state {
    case .none, .synSent, .bothSynSent: tcpSynSent
    case .synReceived: tcpSynReceived
    case .established: isAnswered ? tcpEstablished : tcpUnanswered
    case .finWait: tcpFinWait
    case .closeWait: tcpCloseWait
    case .lastAck: tcpLastAck
    case .timeWait: tcpTimeWait
    case .closed: tcpClosed
    }
  }
}
