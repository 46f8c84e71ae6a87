internal import MartletDevice
internal import MartletWire

/// What to send next, and what follows from having sent it (RFC 9293, 3.8; RFC 5681; RFC 896).
extension Connection {
  /// Decides on the next segment; `nil` when nothing may go now.
  ///
  /// `maximumLength` is the payload that goes into the slots at once: a segment's, or many
  /// segments', whoever cuts them.
  mutating func nextSegment(
    maximumLength: Int, now: Instant, ranges: borrowing RangePool
  ) -> SegmentPlan? {
    guard state.isSynchronized else { return nextHandshakeSegment() }
    restartAfterIdle(now: now)
    let room = max(Int(segmentSize), maximumLength)
    if let plan = nextProbe() { return plan }
    if let plan = nextLossProbe() { return plan }
    if let plan = nextRetransmission(upTo: room, ranges: ranges) { return plan }
    if let plan = nextNewSegment(upTo: room) { return plan }
    return nextAcknowledgment()
  }

  private mutating func nextHandshakeSegment() -> SegmentPlan? {
    guard flags.contains(.synDue) else { return nil }
    return SegmentPlan(
      kind: .handshake, sequence: initialSend, flags: state == .synSent ? .syn : [.syn, .ack])
  }

  /// RFC 5681, 4.1: after a pause longer than RTO the old window says nothing.
  private mutating func restartAfterIdle(now: Instant) {
    guard !hasOutstanding, unsentCount > 0, recovery.phase == .open else { return }
    guard now - lastSentAt > roundTrip.base(shortest: .milliseconds(200)) else { return }
    congestion.restartAfterIdle(segmentSize: Int(segmentSize))
  }

  // MARK: Probes

  /// A probe of a closed window carries the next octet; one of an idle peer repeats an old number,
  /// which any peer answers.
  private func nextProbe() -> SegmentPlan? {
    guard flags.contains(.probeDue) else { return nil }
    if unsentCount > 0, !hasOutstanding {
      // The override time-out of RFC 9293, 3.8.6.2.1: a window that stays small is used as it is.
      let usable = min(unsentCount, min(Int(sendWindow), Int(segmentSize)))
      if usable > 0 {
        return SegmentPlan(kind: .new, sequence: sendNext, length: usable, flags: [.ack, .psh])
      }
      return SegmentPlan(kind: .probe, sequence: sendNext, length: 1, flags: [.ack, .psh])
    }
    return SegmentPlan(kind: .probe, sequence: sendNext.advanced(by: -1), flags: .ack)
  }

  /// RFC 8985, 7.3: new data if there is any and the window takes it, else the last segment again.
  private mutating func nextLossProbe() -> SegmentPlan? {
    guard flags.contains(.lossProbeDue) else { return nil }
    flags.remove(.lossProbeDue)
    guard hasOutstanding, recovery.phase == .open else { return nil }
    flags.insert(.lossProbeSent)
    flags.remove(.lossProbeRepeated)
    let usable = Int(sendWindow) - sendNext.distance(from: sendUnacknowledged)
    let fresh = min(unsentCount, Int(segmentSize))
    if fresh > 0, fresh <= usable {
      let plan = SegmentPlan(
        kind: .new, sequence: sendNext, length: fresh, flags: [.ack, .psh])
      recovery.lossProbeEnd = sendNext.advanced(by: fresh)
      return plan
    }
    flags.insert(.lossProbeRepeated)
    recovery.lossProbeEnd = sendNext
    let outstanding = sendNext.distance(from: sendUnacknowledged)
    let again = min(outstanding, Int(segmentSize))
    return retransmissionPlan(from: sendNext.advanced(by: -again), to: sendNext)
  }

  // MARK: Data

  /// The first lost range, as far as the congestion window allows.
  private func nextRetransmission(
    upTo room: Int, ranges: borrowing RangePool
  ) -> SegmentPlan? {
    guard sent.hasLost, let lost = sent.firstLost(in: ranges) else { return nil }
    let allowed = Int(congestion.window) - inFlight
    let isForced = flags.contains(.retransmissionForced)
    let wanted = lost.end.distance(from: lost.start)
    guard isForced || allowed >= min(wanted, Int(segmentSize)) else { return nil }
    var length = min(wanted, room)
    if length > Int(segmentSize) {
      let whole = max(allowed, Int(segmentSize)) / Int(segmentSize) * Int(segmentSize)
      length = min(length, whole)
    }
    return retransmissionPlan(from: lost.start, to: lost.start.advanced(by: length))
  }

  /// A segment over bytes that were sent before; its last number may be the FIN's.
  private func retransmissionPlan(
    from start: SequenceNumber, to end: SequenceNumber
  ) -> SegmentPlan {
    let holdsFin = flags.contains(.finSent) && end == sendNext
    let length = end.distance(from: start) - (holdsFin ? 1 : 0)
    var control: TCPFlags = .ack
    if holdsFin { control.insert(.fin) }
    if length > 0, start.advanced(by: length) == queueEnd { control.insert(.psh) }
    return SegmentPlan(
      kind: .retransmission, sequence: start, length: max(0, length), flags: control)
  }

  /// Bytes never sent, within both windows, in whole segments as far as possible.
  private mutating func nextNewSegment(upTo room: Int) -> SegmentPlan? {
    let unsent = unsentCount
    guard unsent > 0 || isFinDue else { return nil }
    let outstanding = sendNext.distance(from: sendUnacknowledged)
    let usable = Int(sendWindow) - outstanding
    let uncongested = Int(congestion.window) - inFlight
    flags.remove(.windowLimited)
    var length = 0
    if unsent > 0 {
      length = min(min(unsent, room), min(usable, uncongested))
      if uncongested < min(unsent, usable) { flags.insert(.windowLimited) }
      length = wholeSegments(length, unsent: unsent, usable: usable)
      guard length > 0 else { return nil }
    }
    let isLast = length == unsent
    var control: TCPFlags = .ack
    if isLast, length > 0 { control.insert(.psh) }
    if isLast, isFinDue { control.insert(.fin) }
    return SegmentPlan(kind: .new, sequence: sendNext, length: length, flags: control)
  }

  /// Cuts a length back to what sender-side silly window avoidance (RFC 9293, 3.8.6.2.1) and
  /// Nagle's algorithm (3.7.4) let go.
  private func wholeSegments(_ length: Int, unsent: Int, usable: Int) -> Int {
    let segment = Int(segmentSize)
    guard length > 0 else { return 0 }
    let whole = length - length % segment
    if length == unsent {
      // The rest of all there is: a partial last segment may have to wait for an acknowledgment.
      if length % segment == 0 || mayEndPartially { return length }
      return whole
    }
    if whole > 0 { return whole }
    // Less than a segment fits. What the congestion window keeps back goes on with the next
    // acknowledgment; what a small peer's window keeps back goes when it is half of the largest.
    return length == usable && length >= Int(largestSendWindow) / 2 ? length : 0
  }

  /// Nagle as Minshall mended it: a partial segment waits only for an earlier partial one, so that
  /// the tail of a large write does not wait for a delayed acknowledgment.
  private var mayEndPartially: Bool {
    if flags.contains(.finQueued) { return true }
    if flags.contains(.corked) { return false }
    return flags.contains(.noDelay) || !hasOutstanding
      || !partialEnd.follows(sendUnacknowledged)
  }

  private func nextAcknowledgment() -> SegmentPlan? {
    guard flags.contains(.acknowledgmentDue) else { return nil }
    // A peer that took window back finds numbers beyond its edge unacceptable, and what they
    // acknowledge with them. Less than its scale's unit is rounding: it took nothing back.
    let edge = sendUnacknowledged.advanced(by: Int(sendWindow))
    let isTakenBack = sendNext.distance(from: edge) >= 1 << Int(sendScale)
    let sequence = isTakenBack ? edge : sendNext
    return SegmentPlan(kind: .acknowledgment, sequence: sequence, flags: .ack)
  }

  // MARK: After sending

  /// The plan lies in `frameCount` transmit slots: notes what that means.
  mutating func didSend(
    _ plan: SegmentPlan, frameCount: UInt64, now: Instant, ranges: inout RangePool,
    counters: inout Counters, configuration: Configuration
  ) {
    counters.tcpOutSegs &+= frameCount
    counters.ipOutRequests &+= frameCount
    let hadOutstanding = hasOutstanding
    let end = plan.sequence.advanced(by: plan.length + (plan.flags.contains(.fin) ? 1 : 0))
    switch plan.kind {
    case .handshake:
      flags.remove(.synDue)
    case .new:
      sent.append(from: plan.sequence, to: end, at: now, in: &ranges)
      sendNext = end
      if plan.length % Int(segmentSize) != 0 { partialEnd = end }
      flags.subtract([.probeSent, .probeDue])
      if plan.flags.contains(.fin) { finSent() }
      noteSent(end.distance(from: plan.sequence))
      armAfterSending(now: now, hadOutstanding: hadOutstanding, configuration: configuration)
    case .retransmission:
      counters.tcpRetransSegs &+= frameCount
      counters.tcpOutSegs &-= frameCount
      if flags.contains(.lossProbeRepeated), end == sendNext { counters.tcpLossProbes &+= 1 }
      flags.remove(.retransmissionForced)
      sent.retransmit(from: plan.sequence, to: end, at: now, in: &ranges)
      noteSent(end.distance(from: plan.sequence))
      // The first hole is being mended: the time-out is that of the mending.
      if plan.sequence == sendUnacknowledged, recovery.phase == .recovery {
        restartRetransmission(now: now, configuration: configuration)
      } else {
        armAfterSending(now: now, hadOutstanding: true, configuration: configuration)
      }
    case .probe:
      flags.remove(.probeDue)
      if plan.length > 0 { flags.insert(.probeSent) }
    case .acknowledgment:
      break
    }
    if plan.kind != .handshake, plan.length == 0 { flags.remove(.userTimeoutDue) }
    // An acknowledgment alone says nothing of the window (RFC 5681, 4.1).
    if plan.length > 0 { lastSentAt = now }
    if plan.flags.contains(.ack) { didAcknowledge() }
  }

  private mutating func noteSent(_ count: Int) {
    guard recovery.phase == .recovery else { return }
    recovery.sent = recovery.sent.addingSaturating(Int32(truncatingIfNeeded: count))
  }

  /// Every segment acknowledges: nothing is due any more.
  mutating func didAcknowledge() {
    acknowledged = receiveNext
    flags.subtract([.acknowledgmentDue, .acknowledgmentDelayed, .hasDuplicate])
    acknowledgmentDeadline = .distantFuture
  }

  private mutating func finSent() {
    flags.insert(.finSent)
    switch state {
    case .established: state = .finWait1
    case .closeWait: state = .lastAck
    default: break
    }
  }

  // MARK: Windows

  /// SEG.WND for a segment sent now; moves the edge that the peer is told (RFC 9293, 3.8.6.2.2).
  ///
  /// The edge moves in steps of a segment or half the buffer, never by less, and never back.
  mutating func advertisedWindow() -> UInt16 {
    let edge = availableEdge
    let step = min(Int(largestPayload), Int(receiveLimit) / 2)
    if edge.distance(from: receiveEdge) >= step { receiveEdge = edge }
    let window = max(0, receiveEdge.distance(from: receiveNext))
    let unit = 1 << Int(receiveScale)
    // Rounded up, so that the scaled edge does not fall back behind the one told before; and kept,
    // or the peer would send what is then dropped.
    let told = receiveNext.advanced(by: (window + unit - 1) / unit * unit)
    // Rounding up again and again must not lift the edge for ever: RFC 7323, 2.4 lets it fall back
    // by less than a unit, and what lies before the highest one told is taken all the same.
    guard told.distance(from: edge) < unit else { return UInt16(clamping: window / unit) }
    if told.follows(receiveEdge) { receiveEdge = told }
    return UInt16(clamping: told.distance(from: receiveNext) / unit)
  }

  /// Where the receive window could end now.
  private var availableEdge: SequenceNumber {
    let free = max(0, Int(receiveLimit) - receiveQueue.byteCount)
    return receiveNext.advanced(by: min(free, 65_535 << Int(receiveScale)))
  }

  /// The user has read: whether the peer should hear of the room at once.
  mutating func offerWindow() {
    guard state.canReceive, !flags.contains(.hasPeerFin) else { return }
    let gain = availableEdge.distance(from: receiveEdge)
    let step = min(2 * Int(largestPayload), Int(receiveLimit) / 2)
    if gain >= max(step, 1) { acknowledgeNow() }
  }
}
