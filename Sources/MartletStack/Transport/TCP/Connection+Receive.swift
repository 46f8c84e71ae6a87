internal import MartletDevice
internal import MartletWire

/// Segment arrival in every state but LISTEN and SYN-SENT (RFC 9293, 3.10.7.4).
extension Connection {
  /// A segment came whose checksum is right.
  mutating func receive(
    _ segment: Segment, payload: RawSpan, now: Instant, buffers: inout Buffers,
    counters: inout Counters, configuration: Configuration
  ) {
    switch state {
    case .closed:
      counters.drop(.tcpUnexpected)
    case .synSent:
      receiveInSynSent(
        segment, payload: payload, now: now, buffers: &buffers, counters: &counters,
        configuration: configuration)
    default:
      receiveSynchronized(
        segment, payload: payload, now: now, buffers: &buffers, counters: &counters,
        configuration: configuration)
    }
  }

  private mutating func receiveSynchronized(
    _ segment: Segment, payload: RawSpan, now: Instant, buffers: inout Buffers,
    counters: inout Counters, configuration: Configuration
  ) {
    var segment = segment
    var isWindowScaled = true
    if state == .synReceived, isRepeatedSyn(segment) {
      // Our SYN-ACK was lost, or crossed it.
      flags.insert(.synDue)
      outcome.insert(.transmit)
      return
    }
    if state == .synReceived, isCrossedSyn(segment) {
      isWindowScaled = false
      // The peer's SYN-ACK repeats the SYN that crossed ours: only its acknowledgment is news.
      segment.flags.remove(.syn)
      segment.sequence = receiveNext
    }
    guard isAcceptable(segment, now: now, counters: &counters) else { return }
    lastHeardAt = now
    probesUnanswered = 0
    if segment.flags.contains(.rst) {
      return receiveReset(segment, now: now, buffers: &buffers, counters: &counters)
    }
    if segment.flags.contains(.syn) {
      // RFC 5961, 4.2: whatever the sequence number, ask whether the peer really restarted.
      return challenge(now: now, counters: &counters)
    }
    guard segment.flags.contains(.ack) else { return counters.drop(.tcpUnexpected) }
    if state == .synReceived {
      guard segment.acknowledgment == sendNext else {
        outcome.insert(.refuse)
        return counters.drop(.tcpBadAcknowledgment)
      }
      establish(segment, now: now, isWindowScaled: isWindowScaled)
    } else {
      guard
        processAcknowledgment(
          segment, now: now, buffers: &buffers, counters: &counters, configuration: configuration)
      else { return }
      advanceClosing(now: now, buffers: &buffers, configuration: configuration)
    }
    guard state != .closed else { return }
    // Not before the acknowledgment was found good: who has only guessed a sequence number must not
    // set the clock that later segments are held to (RFC 5961, section 5).
    takeTimestamp(segment, now: now)
    if let timeout = segment.options.userTimeout { takeUserTimeout(timeout) }
    receiveData(segment, payload: payload, now: now, buffers: &buffers, counters: &counters)
    rearm(now: now, configuration: configuration)
  }

  /// Whether a segment is the peer's SYN once more.
  private func isRepeatedSyn(_ segment: Segment) -> Bool {
    segment.flags.contains(.syn) && segment.flags.isDisjoint(with: [.ack, .rst, .fin])
      && segment.sequence.advanced(by: 1) == receiveNext
  }

  /// Whether a segment repeats the peer's SYN that this side has taken, with an acknowledgment.
  private func isCrossedSyn(_ segment: Segment) -> Bool {
    segment.flags.contains([.syn, .ack]) && segment.sequence.advanced(by: 1) == receiveNext
      && segment.acknowledgment == sendNext
  }

  // MARK: First and fifth check: sequence number and timestamp

  private mutating func isAcceptable(
    _ segment: Segment, now: Instant, counters: inout Counters
  ) -> Bool {
    if isOldDuplicate(segment, now: now) {
      counters.drop(.tcpPAWS)
      answerUnacceptable(segment, now: now)
      return false
    }
    guard isInWindow(segment) else {
      counters.drop(.tcpOutOfWindow)
      if !segment.flags.contains(.rst) {
        // What lies beyond the window is dropped, and must not look kept.
        let end = segment.end.precedes(receiveNext) ? segment.end : receiveNext
        noteDuplicate(from: segment.sequence, to: end)
        answerUnacceptable(segment, now: now)
        // The peer's FIN once more: it has not heard our acknowledgment, so the wait begins anew.
        if state == .timeWait, segment.flags.contains(.fin), segment.end == receiveNext {
          outcome.insert(.timeWait)
        }
      }
      return false
    }
    return true
  }

  /// PAWS (RFC 7323, 5.3): a timestamp older than TS.Recent, unless that is itself too old.
  ///
  /// A segment without the option passes: peers exist that drop it after the SYN, and Linux, which
  /// they talk to, lets them.
  private func isOldDuplicate(_ segment: Segment, now: Instant) -> Bool {
    guard flags.contains(.timestamps), !segment.flags.contains(.rst),
      let timestamps = segment.options.timestamps
    else { return false }
    let age = Int32(bitPattern: timestamps.value &- timestampRecent)
    let validity = Interval.seconds(24 * 24 * 3600)
    return age < 0 && now - timestampRecentAt < validity
  }

  /// RFC 9293, table 6, save that a probe of a closed window passes for its acknowledgment.
  private func isInWindow(_ segment: Segment) -> Bool {
    let window = receiveEdge.distance(from: receiveNext)
    let offset = segment.sequence.distance(from: receiveNext)
    if segment.length == 0 { return offset == 0 || (offset > 0 && offset <= window) }
    if offset == 0 { return true }
    let last = offset + segment.length - 1
    return (offset > 0 && offset < window) || (offset < 0 && last >= 0 && window > 0)
      || (offset < 0 && last >= 0 && segment.payloadLength == 0)
  }

  /// An acknowledgment says where this side stands; one without data is answered at most twice a
  /// second, so that two confused ends do not answer each other for ever (RFC 5961, section 7).
  private mutating func answerUnacceptable(_ segment: Segment, now: Instant) {
    if segment.payloadLength == 0, !segment.flags.contains(.fin) {
      if let last = lastChallengeAt, now - last < .milliseconds(500) { return }
      lastChallengeAt = now
    }
    flags.insert(.acknowledgmentDue)
    outcome.insert(.transmit)
  }

  /// TS.Recent moves only with the segment that begins at or before the last acknowledgment sent
  /// (RFC 7323, 4.3), so that a delayed acknowledgment echoes the earliest.
  mutating func takeTimestamp(_ segment: Segment, now: Instant) {
    guard flags.contains(.timestamps), let timestamps = segment.options.timestamps,
      !segment.sequence.follows(acknowledged)
    else { return }
    timestampRecent = timestamps.value
    timestampRecentAt = now
  }

  // MARK: Second check: reset

  private mutating func receiveReset(
    _ segment: Segment, now: Instant, buffers: inout Buffers, counters: inout Counters
  ) {
    // RFC 5961, 3.2: only the exact number resets; another in the window is asked about.
    guard segment.sequence == receiveNext else { return challenge(now: now, counters: &counters) }
    // RFC 1337: a reset does not cut TIME-WAIT short.
    guard state != .timeWait else { return counters.drop(.tcpUnexpected) }
    if state == .established || state == .closeWait {
      counters.tcpEstabResets &+= 1
    } else if state == .synReceived {
      counters.tcpAttemptFails &+= 1
    }
    end(state == .synReceived ? .refused : .reset, buffers: &buffers)
  }

  /// Sends a challenge acknowledgment, unless one was sent just now.
  mutating func challenge(now: Instant, counters: inout Counters) {
    counters.drop(.tcpUnexpected)
    if let last = lastChallengeAt, now - last < .milliseconds(500) { return }
    lastChallengeAt = now
    counters.tcpChallengeACKs &+= 1
    flags.insert(.acknowledgmentDue)
    outcome.insert(.transmit)
  }

  // MARK: Seventh and eighth step: data and FIN

  /// Takes the payload, and the FIN once everything before it is there.
  mutating func receiveData(
    _ segment: Segment, payload: RawSpan, now: Instant, buffers: inout Buffers,
    counters: inout Counters
  ) {
    if flags.contains(.ecn) {
      if segment.congestionExperienced { flags.insert(.echoCongestion) }
      if segment.flags.contains(.cwr), segment.payloadLength > 0 {
        if !segment.congestionExperienced { flags.remove(.echoCongestion) }
      }
    }
    let start = segment.sequence.advanced(by: segment.flags.contains(.syn) ? 1 : 0)
    if segment.flags.contains(.fin) {
      notePeerFin(at: start.advanced(by: payload.byteCount), counters: &counters)
    }
    if payload.byteCount > 0 {
      guard state.canReceive else {
        return receiveUnwanted(start, count: payload.byteCount, counters: &counters)
      }
      if flags.contains(.orphaned) {
        // RFC 2525, 2.17: data for a user who is gone must not look delivered.
        counters.drop(.tcpUnwantedData)
        outcome.insert(.reset)
        return end(.aborted, buffers: &buffers)
      }
      store(payload, at: start, now: now, buffers: &buffers, counters: &counters)
    }
    if flags.contains(.hasPeerFin), receiveNext == peerFin, state.canReceive {
      receiveNext = receiveNext.advanced(by: 1)
      acceptPeerFin(now: now)
    } else if segment.flags.contains(.fin) {
      // Out of order, or once more.
      acknowledgeNow()
    }
  }

  private mutating func notePeerFin(at sequence: SequenceNumber, counters: inout Counters) {
    guard state.canReceive else { return }
    if flags.contains(.hasPeerFin), peerFin != sequence {
      return counters.drop(.tcpUnexpected)
    }
    peerFin = sequence
    flags.insert(.hasPeerFin)
  }

  /// Data behind the peer's FIN: only a repetition of what is there can be meant.
  private mutating func receiveUnwanted(
    _ start: SequenceNumber, count: Int, counters: inout Counters
  ) {
    counters.drop(.tcpUnwantedData)
    let end = start.advanced(by: count)
    noteDuplicate(from: start, to: end.precedes(receiveNext) ? end : receiveNext)
    acknowledgeNow()
  }

  private mutating func store(
    _ payload: RawSpan, at start: SequenceNumber, now: Instant, buffers: inout Buffers,
    counters: inout Counters
  ) {
    let end = start.advanced(by: payload.byteCount)
    let behind = max(0, receiveNext.distance(from: start))
    let beyond = max(0, end.distance(from: receiveEdge))
    if behind > 0 { noteDuplicate(from: start, to: end.precedes(receiveNext) ? end : receiveNext) }
    guard behind + beyond < payload.byteCount else {
      // All old, or a probe of a closed window.
      return acknowledgeNow()
    }
    let fresh = payload.extracting(behind..<payload.byteCount - beyond)
    if start.advanced(by: behind) == receiveNext {
      storeInOrder(fresh, now: now, buffers: &buffers, counters: &counters)
    } else {
      storeOutOfOrder(fresh, at: start.advanced(by: behind), buffers: &buffers, counters: &counters)
    }
  }

  /// Keeps bytes that begin at RCV.NXT and lie within the window.
  mutating func storeInOrder(
    _ bytes: RawSpan, now: Instant, buffers: inout Buffers, counters: inout Counters
  ) {
    if !buffers.blocks.hasRoomToReceive(bytes.byteCount, in: receiveQueue) {
      // Shedding order: what is out of order goes first, its sender still has it.
      if !outOfOrder.isEmpty {
        outOfOrder.removeAll(blocks: &buffers.blocks, ranges: &buffers.ranges)
      }
      guard buffers.blocks.hasRoomToReceive(bytes.byteCount, in: receiveQueue) else {
        counters.drop(.tcpNoBuffer)
        return acknowledgeNow()
      }
    }
    let kept = buffers.blocks.append(bytes, to: &receiveQueue)
    receiveNext = receiveNext.advanced(by: kept)
    // A device may hand over many segments in one; none is longer than this side asked for.
    largestPayload = max(largestPayload, min(UInt16(clamping: kept), pathSegmentSize))
    news.insert(.readable)
    guard outOfOrder.isEmpty else {
      if let end = outOfOrder.takeInOrder(
        at: receiveNext, into: &receiveQueue, blocks: &buffers.blocks, ranges: &buffers.ranges)
      {
        receiveNext = end
      }
      // RFC 5681, 4.2: a segment that fills a gap is acknowledged at once.
      return acknowledgeNow()
    }
    let unacknowledged = receiveNext.distance(from: acknowledged)
    if unacknowledged >= 2 * Int(largestPayload) {
      acknowledgeNow()
    } else {
      flags.insert(.acknowledgmentDelayed)
    }
  }

  private mutating func storeOutOfOrder(
    _ bytes: RawSpan, at start: SequenceNumber, buffers: inout Buffers, counters: inout Counters
  ) {
    let outcome = outOfOrder.insert(
      bytes, at: start, blocks: &buffers.blocks, ranges: &buffers.ranges)
    switch outcome {
    case .kept: break
    case .duplicate: noteDuplicate(from: start, to: start.advanced(by: bytes.byteCount))
    case .noBuffer: counters.drop(.tcpNoBuffer)
    case .tooManyRanges: counters.drop(.tcpOutOfOrderLimit)
    }
    acknowledgeNow()
  }

  /// Remembers a duplicate for the next acknowledgment's D-SACK block.
  private mutating func noteDuplicate(from start: SequenceNumber, to end: SequenceNumber) {
    guard flags.contains(.selective), end.follows(start) else { return }
    duplicateStart = start
    duplicateEnd = end
    flags.insert(.hasDuplicate)
  }

  /// Whether this side keeps to an acknowledgment for every second segment, and owes one now.
  var owesAcknowledgmentAtOnce: Bool {
    flags.contains([.acknowledgesEverySecond, .acknowledgmentDue]) && outOfOrder.isEmpty
      && state.isSynchronized
  }

  /// An acknowledgment goes out with the next transmit slot.
  mutating func acknowledgeNow() {
    flags.insert(.acknowledgmentDue)
    outcome.insert(.transmit)
  }

  /// The peer has sent all it will, and all of it is here.
  private mutating func acceptPeerFin(now: Instant) {
    acknowledgeNow()
    news.formUnion([.readable, .peerClosed])
    switch state {
    case .established:
      state = .closeWait
    case .finWait1:
      // Had our FIN been acknowledged, this would be FIN-WAIT-2.
      state = .closing
    case .finWait2:
      state = .timeWait
      outcome.insert(.timeWait)
    default:
      break
    }
  }
}
