public import MartletDevice

/// The sizes and policies of a stack, fixed when it is made.
///
/// Tables are allocated once, from these numbers; nothing in the packet path allocates later. The
/// defaults suit a host; `small` suits a microcontroller.
public struct Configuration: Sendable {
  // MARK: Sizes

  /// The bytes of one block, 256 to 32,768: the unit that every buffer is charged in.
  public var blockSize = 4096
  /// The blocks of the whole stack. A host pays for them with memory only when they are used.
  public var blockCount = 16_384
  /// The packets that may wait in all queues together.
  public var packetCount = 4096
  /// The interfaces, 1 to 64.
  public var interfaceCount = 8
  /// The addresses of all interfaces together.
  public var addressCount = 32
  /// The routes, those to attached networks included.
  public var routeCount = 64
  /// The neighbours known at once, on all interfaces.
  public var neighbourCount = 512
  /// The destinations whose path MTU is remembered.
  public var pathCount = 256
  /// The datagrams in reassembly at once.
  public var reassemblyCount = 32
  /// The bytes that all datagrams in reassembly may hold.
  public var reassemblyByteLimit = 1 << 20
  /// The multicast groups joined on all interfaces together.
  public var groupCount = 32
  /// The TCP connections, those waiting for `accept` included.
  public var connectionCount = 16_384
  /// The handshakes that listeners have under way at once.
  public var halfOpenCount = 4096
  /// The connections remembered in TIME-WAIT.
  public var timeWaitCount = 16_384
  /// The TCP listeners.
  public var listenerCount = 64
  /// The UDP sockets.
  public var udpSocketCount = 1024
  /// The echo (ping) sockets.
  public var echoSocketCount = 16
  /// The records of sent and of out-of-order byte ranges that all connections share, beside one of
  /// each connection's own.
  public var rangeCount = 32_768

  // MARK: Queues

  /// The packets that may wait for one interface's transmit slots.
  public var interfaceQueueLimit = 256
  /// The bytes that may wait for one interface's transmit slots.
  public var interfaceQueueByteLimit = 1 << 20
  /// The packets that may wait for one neighbour's address.
  public var neighbourQueueLimit = 16

  // MARK: TCP

  /// The bytes a connection may hold unsent or unacknowledged.
  public var sendBufferLimit = 256 * 1024
  /// The bytes a connection may hold unread when it is opened.
  public var receiveBufferLimit = 256 * 1024
  /// The bytes that window auto-tuning may raise `receiveBufferLimit` to.
  public var receiveBufferMaximum = 4 * 1024 * 1024
  /// The shortest retransmission time-out: 200 ms as deployed peers have it; RFC 6298 says 1 s. As
  /// they do, up to 200 ms of it are the least that is added to the round-trip time.
  public var minimumRTO = Interval.milliseconds(200)
  /// How long TIME-WAIT lasts: twice the maximum segment lifetime.
  public var timeWait = Interval.seconds(60)
  /// How long an acknowledgment may be delayed, at most 500 ms.
  public var delayedAcknowledgment = Interval.milliseconds(40)
  /// The congestion control of new connections.
  public var congestionControl = CongestionControl.cubic
  /// Whether RFC 7323 timestamps are offered and accepted.
  public var timestamps = true
  /// Whether RFC 2018 selective acknowledgment is offered and accepted.
  public var selectiveAcknowledgment = true
  /// Whether ECN (RFC 3168) is accepted when a peer asks for it.
  public var explicitCongestionNotification = true
  /// Whether every second full segment is acknowledged at once, as RFC 5681 says, rather than once
  /// a batch of received frames.
  public var acknowledgesEverySecondSegment = false

  // MARK: Internet

  /// Whether packets for others are passed on between interfaces.
  public var forwarding = false
  /// The time to live of what the stack sends.
  public var timeToLive: UInt8 = 64

  /// The defaults of a host.
  public init() {}

  /// The defaults of a small machine: about 200 KiB.
  public static var small: Self {
    var small = Self()
    small.blockSize = 1024
    small.blockCount = 96
    small.packetCount = 64
    small.interfaceCount = 2
    small.addressCount = 4
    small.routeCount = 8
    small.neighbourCount = 16
    small.pathCount = 8
    small.reassemblyCount = 4
    small.reassemblyByteLimit = 32 * 1024
    small.groupCount = 4
    small.connectionCount = 16
    small.halfOpenCount = 16
    small.timeWaitCount = 32
    small.listenerCount = 8
    small.udpSocketCount = 8
    small.echoSocketCount = 2
    small.rangeCount = 256
    small.interfaceQueueLimit = 32
    small.interfaceQueueByteLimit = 80 * 1024
    small.neighbourQueueLimit = 4
    small.sendBufferLimit = 8 * 1024
    small.receiveBufferLimit = 8 * 1024
    small.receiveBufferMaximum = 16 * 1024
    return small
  }
}
