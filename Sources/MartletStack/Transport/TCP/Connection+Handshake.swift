internal import MartletDevice
internal import MartletWire

/// The three-way handshake from the connecting side, and the crossing of two (RFC 9293, 3.5).
extension Connection {
  /// Begins an active open: the SYN goes out with the next transmit slot.
  mutating func open(now: Instant) {
    sendNext = initialSend.advanced(by: 1)
    waitingSince = now
    flags.insert(.synDue)
    retransmission.startedAt = now
    retransmission.set(.retransmission, at: now + RoundTrip.initialTimeout)
    outcome.insert(.transmit)
  }

  /// A segment for a connection in SYN-SENT (RFC 9293, 3.10.7.3).
  mutating func receiveInSynSent(
    _ segment: Segment, payload: RawSpan, now: Instant, buffers: inout Buffers,
    counters: inout Counters, configuration: Configuration
  ) {
    let hasAcknowledgment = segment.flags.contains(.ack)
    if hasAcknowledgment {
      let isOurs = segment.acknowledgment == sendNext
      guard isOurs else {
        // An old connection of the peer's ends only by a reset that names its own number.
        if !segment.flags.contains(.rst) { outcome.insert(.refuse) }
        return counters.drop(.tcpBadAcknowledgment)
      }
    }
    if segment.flags.contains(.rst) {
      // Without an acknowledgment of our SYN anybody could have sent it.
      guard hasAcknowledgment else { return counters.drop(.tcpUnexpected) }
      counters.tcpAttemptFails &+= 1
      return end(.refused, buffers: &buffers)
    }
    guard segment.flags.contains(.syn) else { return counters.drop(.tcpUnexpected) }
    takeSyn(segment, now: now, configuration: configuration)
    lastHeardAt = now
    guard hasAcknowledgment else {
      // Simultaneous open: both SYNs are on their way, ours goes again with an ACK.
      state = .synReceived
      flags.insert(.synDue)
      outcome.insert(.transmit)
      return
    }
    if roundTrip.expiryCount == 0 {
      roundTrip.sample(now - retransmission.startedAt, at: now)
    } else {
      handshakeWasRepeated()
    }
    flags.insert(.acknowledgmentDue)
    establish(segment, now: now, isWindowScaled: false)
    receiveData(
      segment, payload: payload, now: now, buffers: &buffers, counters: &counters)
  }

  /// Takes what the peer's SYN says: its sequence number and what it negotiates.
  mutating func takeSyn(
    _ segment: Segment, now: Instant, configuration: Configuration
  ) {
    receiveNext = segment.sequence.advanced(by: 1)
    acknowledged = receiveNext
    // A SYN's own window is never scaled; ours allows no more than 16 bits say.
    receiveEdge = receiveNext.advanced(by: Int(min(receiveLimit, 65_535)))
    windowSequence = segment.sequence
    let options = segment.options
    negotiate(
      PeerOptions(
        segmentSize: options.maximumSegmentSize ?? 536, windowScale: options.windowScale,
        timestampValue: options.timestamps?.value,
        isSelective: options.selectiveAcknowledgmentPermitted, userTimeout: options.userTimeout),
      now: now, configuration: configuration)
    // An ECN-setup SYN-ACK answers only an ECN-setup SYN, which this side does not send.
  }

  /// Settles the options that both sides have offered.
  mutating func negotiate(
    _ peer: PeerOptions, now: Instant, configuration: Configuration
  ) {
    peerSegmentSize = peer.segmentSize
    if let scale = peer.windowScale {
      flags.insert(.windowScale)
      sendScale = min(scale, 14)
    } else {
      receiveScale = 0
    }
    if let value = peer.timestampValue, configuration.timestamps {
      flags.insert(.timestamps)
      timestampRecent = value
      timestampRecentAt = now
    }
    if peer.isSelective, configuration.selectiveAcknowledgment { flags.insert(.selective) }
    takeUserTimeout(peer.userTimeout)
    limitSegmentSize(Int(pathSegmentSize))
    congestion.window = Congestion.initialWindow(segmentSize: Int(segmentSize))
  }

  /// RFC 5482, 3.1: the longer of both user timeouts, not below R2 of RFC 1122.
  mutating func takeUserTimeout(_ option: UInt16?) {
    guard flags.contains(.exchangesUserTimeout), let option else { return }
    let told = Interval.seconds(Int64(option & 0x7FFF) * (option & 0x8000 == 0 ? 1 : 60))
    userTimeout = min(max(userTimeout, max(told, .seconds(100))), .seconds(3600))
  }

  /// The option that tells our user timeout; `nil` when it is not told.
  var userTimeoutOption: UInt16? {
    guard flags.contains(.exchangesUserTimeout), userTimeout > .zero else { return nil }
    return UserTimeout.option(userTimeout)
  }

  /// Sets SMSS to what both the path and the peer take, less what timestamps take in each segment.
  mutating func limitSegmentSize(_ pathSegmentSize: Int) {
    // A peer that asks for less than 48 would have this side send headers only, as Linux found.
    var size = min(pathSegmentSize, max(Int(peerSegmentSize), 48))
    if flags.contains(.timestamps) { size -= 12 }
    segmentSize = UInt16(clamping: max(size, 36))
  }

  /// A lost SYN or SYN-ACK says that the path is bad: begin with one segment (RFC 5681, 3.1) and
  /// three seconds (RFC 6298, 5.7).
  mutating func handshakeWasRepeated() {
    congestion.window = Int32(segmentSize)
    roundTrip.beCautious()
  }

  /// The handshake is complete.
  ///
  /// The window of a SYN or SYN-ACK is not scaled (RFC 7323, 2.2), that of a third segment is.
  mutating func establish(_ segment: Segment, now: Instant, isWindowScaled: Bool) {
    state = .established
    sendUnacknowledged = sendNext
    recovery.forward = sendNext
    recovery.congestionPoint = sendNext
    roundTrip.progressed()
    roundTrip.endBackoff()
    retransmission.stop()
    flags.remove(.synDue)
    if userTimeoutOption != nil { flags.insert(.userTimeoutDue) }
    sendWindow = Int32(segment.window) << (isWindowScaled ? Int32(sendScale) : 0)
    largestSendWindow = sendWindow
    windowSequence = segment.sequence
    windowAcknowledgment = segment.acknowledgment
    lastSentAt = now
    armKeepAlive(now: now)
    outcome.formUnion([.established, .transmit])
    news.formUnion([.connected, .writable])
  }
}
