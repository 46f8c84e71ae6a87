/// What a stack has counted since it was made: a plain value, so a copy is a snapshot.
///
/// Names are those of the MIBs (RFC 4293, RFC 4022, RFC 4113), which `netstat` users know. Every
/// drop has its own counter beside them.
public struct Counters: Sendable, BitwiseCopyable {
  // MARK: IP

  /// IP packets received, those in error included.
  public var ipInReceives: UInt64 = 0
  /// IP packets delivered to a protocol of this host.
  public var ipInDelivers: UInt64 = 0
  /// IP packets that this host's protocols asked to send.
  public var ipOutRequests: UInt64 = 0
  /// IP packets passed on for others.
  public var ipForwDatagrams: UInt64 = 0
  /// Datagrams cut into fragments.
  public var ipFragOKs: UInt64 = 0
  /// Datagrams that could not be cut because they forbid it.
  public var ipFragFails: UInt64 = 0
  /// Fragments made.
  public var ipFragCreates: UInt64 = 0
  /// Fragments received.
  public var ipReasmReqds: UInt64 = 0
  /// Datagrams put together again.
  public var ipReasmOKs: UInt64 = 0
  /// Datagrams given up in reassembly.
  public var ipReasmFails: UInt64 = 0

  // MARK: ICMP

  /// ICMP messages received.
  public var icmpInMsgs: UInt64 = 0
  /// ICMP messages sent.
  public var icmpOutMsgs: UInt64 = 0
  /// Echo requests received.
  public var icmpInEchos: UInt64 = 0
  /// Echo replies sent.
  public var icmpOutEchoReps: UInt64 = 0
  /// ICMP errors sent.
  public var icmpOutErrors: UInt64 = 0

  // MARK: UDP

  /// Datagrams delivered to sockets.
  public var udpInDatagrams: UInt64 = 0
  /// Datagrams for ports without a socket.
  public var udpNoPorts: UInt64 = 0
  /// Datagrams in error.
  public var udpInErrors: UInt64 = 0
  /// Datagrams sent.
  public var udpOutDatagrams: UInt64 = 0

  // MARK: TCP

  /// Connections opened by this side.
  public var tcpActiveOpens: UInt64 = 0
  /// Connections opened by peers.
  public var tcpPassiveOpens: UInt64 = 0
  /// Attempts that failed.
  public var tcpAttemptFails: UInt64 = 0
  /// Established connections that were reset.
  public var tcpEstabResets: UInt64 = 0
  /// Segments received.
  public var tcpInSegs: UInt64 = 0
  /// Segments sent, those with retransmitted bytes not counted.
  public var tcpOutSegs: UInt64 = 0
  /// Segments with retransmitted bytes.
  public var tcpRetransSegs: UInt64 = 0
  /// Segments in error.
  public var tcpInErrs: UInt64 = 0
  /// Segments with RST sent.
  public var tcpOutRsts: UInt64 = 0
  /// Retransmission time-outs.
  public var tcpTimeouts: UInt64 = 0
  /// TCPSpuriousRTOs: those of them that a timestamp showed to be spurious, and that were undone.
  public var tcpSpuriousRTOs: UInt64 = 0
  /// Entries into fast recovery.
  public var tcpFastRecoveries: UInt64 = 0
  /// Tail loss probes sent.
  public var tcpLossProbes: UInt64 = 0
  /// TCPHPHits: segments that only continued a run of data, and did not pass the state machine.
  public var tcpHPHits: UInt64 = 0
  /// Challenge acknowledgments sent (RFC 5961).
  public var tcpChallengeACKs: UInt64 = 0
  /// SYN cookies sent.
  public var tcpSYNCookiesSent: UInt64 = 0
  /// Connections opened by a returned SYN cookie.
  public var tcpSYNCookiesRecv: UInt64 = 0

  // MARK: Link

  /// ARP requests sent.
  public var arpOutRequests: UInt64 = 0
  /// ARP replies sent.
  public var arpOutReplies: UInt64 = 0

  private var drops = InlineArray<64, UInt64>(repeating: 0)

  /// All counters at zero.
  public init() {}

  /// The packets dropped for this reason.
  public func dropped(_ reason: DropReason) -> UInt64 { drops[Int(reason.rawValue)] }

  /// The packets dropped for any reason.
  public var droppedInAll: UInt64 {
    var sum: UInt64 = 0
    for index in drops.indices { sum &+= drops[index] }
    return sum
  }

  /// Counts `count` packets dropped for this reason.
  mutating func drop(_ reason: DropReason, count: Int = 1) {
    drops[Int(reason.rawValue)] &+= UInt64(truncatingIfNeeded: count)
  }
}
