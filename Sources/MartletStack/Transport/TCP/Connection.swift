internal import MartletDevice
internal import MartletWire

/// One TCP connection: the control block of RFC 9293, section 3.3.1, and its two streams.
///
/// Each event is a method: a segment came, a timer ran out, the user called, a transmit slot is
/// free. A method changes the connection and leaves in `outcome` and `news` what its owner, the
/// stack, must do about it. What a method needs of the stack's it gets as arguments.
///
/// The files beside this one hold the methods by subject: handshake, receive, acknowledge, recovery,
/// send, timers, user.
struct Connection: ~Copyable {
  // MARK: Identity

  /// The two ends.
  let key: ConnectionKey
  /// Where it stands in the demultiplexing table.
  let hash: UInt32
  /// The interface by which it sends.
  var interface: UInt8
  /// The listener that made it, while nobody has accepted it: slot and generation.
  var listener: ListenerHandle?
  /// The next connection in that listener's ready queue.
  var nextReady = UInt32.max
  /// The next hop's entry, once it was looked up.
  var neighbour: NeighbourReference?
  /// The time to live of its packets.
  var timeToLive: UInt8
  /// The type-of-service byte, ECN bits clear.
  var typeOfService: UInt8

  // MARK: State

  /// Where it stands in its life.
  var state: TCPState
  /// What is so, or due.
  var flags = ConnectionFlags()
  /// What the stack must do after the event.
  var outcome = ConnectionOutcome()
  /// What its user must hear after the event.
  var news = Readiness()
  /// Why it ended, once it has.
  var endReason = EndReason.closed

  // MARK: Send sequence space

  /// ISS: the initial send sequence number.
  let initialSend: SequenceNumber
  /// SND.UNA: the oldest unacknowledged sequence number.
  var sendUnacknowledged: SequenceNumber
  /// SND.NXT: the next sequence number to send for the first time.
  var sendNext: SequenceNumber
  /// The end of the last partial segment sent, which the next one waits for (Nagle, Minshall).
  var partialEnd: SequenceNumber
  /// SND.WND in bytes.
  var sendWindow: Int32 = 0
  /// The largest SND.WND seen (MAX.SND.WND).
  var largestSendWindow: Int32 = 0
  /// SND.WL1: the sequence number of the last window update.
  var windowSequence = SequenceNumber(rawValue: 0)
  /// SND.WL2: its acknowledgment number.
  var windowAcknowledgment = SequenceNumber(rawValue: 0)
  /// The bytes from `queueStart` on: unacknowledged, then unsent.
  var sendQueue = BlockChain()
  /// Where SND.NXT lies in it.
  var sendCursor = BlockPool.Cursor()
  /// The bytes that may wait in it.
  var sendLimit: Int32
  /// Blocks promised to this user by `sendCapacity`.
  var grantedBlocks: Int32 = 0
  /// SMSS: the payload bytes of a full segment, what timestamps take already deducted.
  var segmentSize: UInt16
  /// The payload that the path takes, no option deducted; it is what the peer is asked to send.
  var pathSegmentSize: UInt16
  /// The most that the user allows `pathSegmentSize` to be.
  let largestSegmentSize: UInt16
  /// The MSS that the peer asked for, or the protocol's default.
  var peerSegmentSize: UInt16 = 536
  /// The shift of the windows that the peer sends.
  var sendScale: UInt8 = 0

  // MARK: Receive sequence space

  /// The shift of the windows that this side sends.
  var receiveScale: UInt8
  /// RCV.NXT: the next sequence number expected.
  var receiveNext = SequenceNumber(rawValue: 0)
  /// RCV.NXT + RCV.WND as last told to the peer; never taken back (RFC 9293, 3.8.6).
  var receiveEdge = SequenceNumber(rawValue: 0)
  /// RCV.NXT as last acknowledged.
  var acknowledged = SequenceNumber(rawValue: 0)
  /// The sequence number of the peer's FIN, with `hasPeerFin`.
  var peerFin = SequenceNumber(rawValue: 0)
  /// The bytes that the user has not read.
  var receiveQueue = BlockChain()
  /// What came out of order.
  var outOfOrder = OutOfOrderRanges()
  /// The bytes that may wait unread.
  var receiveLimit: Int32
  /// What auto-tuning may raise that to; no more than the limit when the user set one.
  var receiveMaximum: Int32
  /// The bytes read since `tuningSince`, for auto-tuning.
  var tuningCount: Int32 = 0
  /// When auto-tuning last looked.
  var tuningSince = Instant.zero
  /// The largest payload seen: the peer's segment size, for delayed acknowledgment.
  var largestPayload: UInt16 = 536
  /// A duplicate to report by D-SACK, with `hasDuplicate`.
  var duplicateStart = SequenceNumber(rawValue: 0)
  var duplicateEnd = SequenceNumber(rawValue: 0)

  // MARK: Timestamps (RFC 7323)

  /// TS.Recent.
  var timestampRecent: UInt32 = 0
  /// When it was taken; it is void after 24 days.
  var timestampRecentAt = Instant.zero
  /// Added to the clock, so that it tells strangers nothing.
  let timestampOffset: UInt32

  // MARK: Sending

  /// What was sent and is unacknowledged.
  var sent = SentRanges()
  /// Round-trip time and time-outs.
  var roundTrip = RoundTrip()
  /// Congestion window and threshold.
  var congestion: Congestion
  /// Loss detection and recovery.
  var recovery = LossRecovery()
  /// When a segment was last sent.
  var lastSentAt = Instant.zero

  // MARK: Timers

  /// The timer over sent data.
  var retransmission = RetransmissionTimer()
  /// When a delayed acknowledgment must go.
  var acknowledgmentDeadline = Instant.distantFuture
  /// When the next of keep-alive, FIN-WAIT-2 and TIME-WAIT is due.
  var lifetimeDeadline = Instant.distantFuture
  /// When the peer was last heard.
  var lastHeardAt = Instant.zero
  /// When a challenge acknowledgment was last sent (RFC 5961, section 7).
  var lastChallengeAt: Instant?
  /// How an idle peer is probed.
  var keepAlive = KeepAlive()
  /// Probes unanswered so far.
  var probesUnanswered: UInt8 = 0
  /// How long sent data may stay unacknowledged; zero for 15 time-outs in a row.
  var userTimeout = Interval.zero
  /// Since when the oldest unacknowledged data waits: it was sent, or what was before it
  /// acknowledged.
  var waitingSince: Instant
  /// When the path is tried again with the segments it took before it was found too narrow.
  var widensPathAt = Instant.distantFuture

  private let anchor = Anchor()

  /// Prepares a connection whose handshake has not begun.
  init(
    key: ConnectionKey, hash: UInt32, interface: Int, state: TCPState,
    initialSend: SequenceNumber, timestampOffset: UInt32, options: ConnectionOptions,
    configuration: Configuration, pathSegmentSize: Int, now: Instant
  ) {
    self.key = key
    self.hash = hash
    self.interface = UInt8(truncatingIfNeeded: interface)
    self.state = state
    self.initialSend = initialSend
    self.timestampOffset = timestampOffset
    sendUnacknowledged = initialSend
    sendNext = initialSend
    partialEnd = initialSend
    timeToLive = options.timeToLive ?? configuration.timeToLive
    typeOfService = options.typeOfService & 0xFC
    largestSegmentSize = max(options.maximumSegmentSize ?? .max, 88)
    self.pathSegmentSize = UInt16(clamping: min(pathSegmentSize, Int(largestSegmentSize)))
    segmentSize = self.pathSegmentSize
    sendLimit = Int32(clamping: options.sendBufferLimit ?? configuration.sendBufferLimit)
    receiveLimit = Int32(clamping: options.receiveBufferLimit ?? configuration.receiveBufferLimit)
    receiveMaximum =
      options.receiveBufferLimit == nil
      ? max(receiveLimit, Int32(clamping: configuration.receiveBufferMaximum)) : receiveLimit
    receiveScale = Self.scale(for: receiveMaximum)
    congestion = Congestion(
      options.congestionControl ?? configuration.congestionControl,
      segmentSize: Int(segmentSize))
    userTimeout = options.userTimeout ?? .zero
    lastHeardAt = now
    waitingSince = now
    if options.exchangesUserTimeout { flags.insert(.exchangesUserTimeout) }
    if configuration.timestamps { flags.insert(.offersTimestamps) }
    if configuration.selectiveAcknowledgment { flags.insert(.offersSelective) }
    if options.noDelay { flags.insert(.noDelay) }
    if options.isCorked { flags.insert(.corked) }
    if configuration.acknowledgesEverySecondSegment { flags.insert(.acknowledgesEverySecond) }
    if let keepAlive = options.keepAlive {
      self.keepAlive = keepAlive
      flags.insert(.keepAlive)
    }
  }

  /// The smallest shift with which 16 bits can say `limit` (RFC 7323, 2.3: at most 14).
  static func scale(for limit: Int32) -> UInt8 {
    var scale: UInt8 = 0
    while scale < 14, Int64(limit) >> Int64(scale) > 65_535 { scale += 1 }
    return scale
  }

  // MARK: Derived

  /// The sequence number of the first byte of `sendQueue`.
  var queueStart: SequenceNumber {
    state.isSynchronized ? sendUnacknowledged : initialSend.advanced(by: 1)
  }
  /// The sequence number after the last byte of `sendQueue`.
  var queueEnd: SequenceNumber { queueStart.advanced(by: sendQueue.byteCount) }
  /// The bytes of `sendQueue` never sent.
  var unsentCount: Int {
    flags.contains(.finSent) ? 0 : max(0, queueEnd.distance(from: sendNext))
  }
  /// Whether sent bytes, a SYN or a FIN are unacknowledged.
  var hasOutstanding: Bool { sendNext != sendUnacknowledged }
  /// The bytes taken to be on their way (RFC 6675's pipe).
  var inFlight: Int {
    let outstanding = sendNext.distance(from: sendUnacknowledged)
    // Each duplicate acknowledgment of a peer without SACK says that one segment has arrived.
    let arrived = Int(recovery.duplicateCount) * Int(segmentSize)
    return max(0, outstanding - Int(sent.sackedCount) - Int(sent.lostCount) - arrived)
  }
  /// The timestamp clock: milliseconds, moved by the connection's own offset.
  func timestamp(at now: Instant) -> UInt32 {
    UInt32(truncatingIfNeeded: now.microseconds / 1000) &+ timestampOffset
  }
  /// The soonest of its timers; `distantFuture` when none is set.
  var nextDeadline: Instant {
    min(retransmission.deadline, min(acknowledgmentDeadline, lifetimeDeadline))
  }

  // MARK: End

  /// Ends the connection: its timers stop and what it holds goes back.
  mutating func end(_ reason: EndReason, buffers: inout Buffers) {
    guard state != .closed else { return }
    state = .closed
    endReason = reason
    flags.subtract([
      .synDue, .acknowledgmentDue, .acknowledgmentDelayed, .probeDue, .lossProbeDue,
      .retransmissionForced,
    ])
    retransmission.stop()
    acknowledgmentDeadline = .distantFuture
    lifetimeDeadline = .distantFuture
    buffers.blocks.endGrant(of: Int(grantedBlocks))
    grantedBlocks = 0
    buffers.blocks.release(sendQueue.take())
    sendCursor = BlockPool.Cursor()
    sent.removeAll(in: &buffers.ranges)
    outOfOrder.removeAll(blocks: &buffers.blocks, ranges: &buffers.ranges)
    // A user may still read what came before an orderly end, never what came before a reset.
    if reason != .closed || flags.contains(.orphaned) {
      buffers.blocks.release(receiveQueue.take())
    }
    outcome.insert(.ended)
    news.formUnion([.ended, .readable, .writable])
  }
}
