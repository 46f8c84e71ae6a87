internal import MartletDevice
internal import MartletWire

/// Finding losses and answering them: RACK-TLP (RFC 8985), duplicate acknowledgments for peers
/// without SACK (RFC 6582), PRR (RFC 6937), ECN (RFC 3168).
extension Connection {
  /// After an acknowledgment: detects loss and moves the congestion window.
  mutating func control(
    _ segment: Segment, acknowledged: Int, delivery: SentRanges.Delivery, flightBefore: Int,
    now: Instant, buffers: inout Buffers, counters: inout Counters
  ) {
    if delivery.count > 0 { noteDelivery(delivery, of: segment, now: now) }
    detectLoss(now: now, ranges: &buffers.ranges)
    let isMarked = segment.flags.contains(.ece) && flags.contains(.ecn)
    // At once, not when a mark comes: two gigabytes later the point would seem to lie ahead again.
    if !sendUnacknowledged.precedes(recovery.congestionPoint) {
      recovery.isCongestionAnswered = false
    }
    if isMarked { answerCongestionMark() }
    switch recovery.phase {
    case .open:
      if sent.hasLost {
        enterRecovery(flight: flightBefore, counters: &counters)
        recoverProportionally(delivery)
      } else if acknowledged > 0, !isMarked, flags.contains(.windowLimited) {
        congestion.acknowledged(
          acknowledged, segmentSize: Int(segmentSize), roundTrip: roundTrip, now: now)
      } else if acknowledged > 0 {
        congestion.pause()
      }
      if !hasOutstanding, unsentCount == 0 { congestion.pause() }
    case .recovery:
      if !sendUnacknowledged.precedes(recovery.point) {
        leaveRecovery()
      } else {
        recoverProportionally(delivery)
      }
    case .loss:
      if acknowledged > 0, !isMarked, isTimeoutSpurious(segment) {
        return undoTimeout(acknowledged: acknowledged, buffers: &buffers, counters: &counters)
      }
      if acknowledged > 0 {
        recovery.undo = nil
        congestion.acknowledged(
          acknowledged, segmentSize: Int(segmentSize), roundTrip: roundTrip, now: now)
      }
      if !sendUnacknowledged.precedes(recovery.point) {
        recovery.phase = .open
        recovery.duplicateCount = 0
      }
    }
  }

  // MARK: RACK

  /// RFC 8985, steps 1 to 3: what was delivered last, and whether the path reorders.
  private mutating func noteDelivery(
    _ delivery: SentRanges.Delivery, of segment: Segment, now: Instant
  ) {
    let elapsed = now - delivery.sentAt
    // An acknowledgment quicker than any round trip, or of a segment sent before, is of the first
    // sending, not the second.
    let isSpurious =
      delivery.wasRetransmitted
      && (elapsed < roundTrip.minimum || echoes(segment, before: delivery.sentAt))
    let isNewer =
      delivery.sentAt > recovery.deliveredSentAt
      || (delivery.sentAt == recovery.deliveredSentAt
        && delivery.end.follows(recovery.deliveredEnd))
    if !isSpurious, isNewer {
      recovery.deliveredSentAt = delivery.sentAt
      recovery.deliveredEnd = delivery.end
      recovery.deliveredRoundTrip = elapsed
    }
    if let lowest = delivery.lowestOriginalEnd, lowest.precedes(recovery.forward) {
      flags.insert(.reorderingSeen)
    }
    if delivery.end.follows(recovery.forward) { recovery.forward = delivery.end }
  }

  /// Whether the timestamp that a segment echoes is one from before `sentAt`.
  private func echoes(_ segment: Segment, before sentAt: Instant) -> Bool {
    guard flags.contains(.timestamps), let timestamps = segment.options.timestamps else {
      return false
    }
    return Int32(bitPattern: timestamps.echo &- timestamp(at: sentAt)) < 0
  }

  /// RFC 8985, steps 4 and 5, for peers with SACK; three duplicates for others.
  private mutating func detectLoss(now: Instant, ranges: inout RangePool) {
    guard flags.contains(.selective) else {
      if recovery.duplicateCount == 3, recovery.phase == .open {
        sent.markFirstLost(Int(segmentSize), in: &ranges)
      }
      return
    }
    guard recovery.deliveredSentAt > .zero || sent.sackedCount > 0 else { return }
    let patience = recovery.deliveredRoundTrip + reorderingWindow
    let wait = sent.markLost(
      sentBefore: recovery.deliveredSentAt, recovery.deliveredEnd, patience: patience, now: now,
      in: &ranges)
    if let wait {
      retransmission.set(.reordering, at: now + wait)
    } else if retransmission.purpose == .reordering {
      retransmission.stop()
    }
  }

  /// RACK.reo_wnd: no patience while losses are certain, a quarter of the round trip and more once
  /// reordering was seen.
  private var reorderingWindow: Interval {
    if !flags.contains(.reorderingSeen) {
      if recovery.phase != .open { return .zero }
      if Int(sent.sackedCount) >= 3 * Int(segmentSize) { return .zero }
    }
    let window = roundTrip.minimum / 4 * Int64(recovery.patienceFactor)
    return min(window, roundTrip.smoothed)
  }

  /// The reordering timer ran out: what is still missing is lost.
  mutating func reorderingTimedOut(
    now: Instant, buffers: inout Buffers, counters: inout Counters
  ) {
    let flight = inFlight
    retransmission.stop()
    detectLoss(now: now, ranges: &buffers.ranges)
    guard sent.hasLost else { return }
    if recovery.phase == .open { enterRecovery(flight: flight, counters: &counters) }
    flags.insert(.retransmissionForced)
    outcome.insert(.transmit)
  }

  // MARK: Fast recovery

  private mutating func enterRecovery(flight: Int, counters: inout Counters) {
    counters.tcpFastRecoveries &+= 1
    // Once a window, whether a mark or a loss was first (RFC 3168, 6.1.2).
    if !recovery.isCongestionAnswered {
      congestion.reduce(inFlight: flight, segmentSize: Int(segmentSize))
      tellReduction()
    }
    recovery.begin(at: sendNext, inFlight: flight)
    flags.insert(.retransmissionForced)
    outcome.insert(.transmit)
  }

  /// RFC 3168, 6.1.2: the peer hears of any reduction of the window, whatever the reason.
  mutating func tellReduction() {
    if flags.contains(.ecn) { flags.insert(.windowReduced) }
  }

  private mutating func recoverProportionally(_ delivery: SentRanges.Delivery) {
    // Each duplicate acknowledgment of a peer without SACK delivers a segment.
    let delivered =
      flags.contains(.selective) ? delivery.count : max(delivery.count, Int(segmentSize))
    congestion.window = max(
      recovery.proportionalWindow(
        afterDelivering: delivered, inFlight: inFlight, threshold: congestion.threshold,
        segmentSize: Int(segmentSize)),
      Int32(segmentSize))
    outcome.insert(.transmit)
  }

  private mutating func leaveRecovery() {
    recovery.phase = .open
    recovery.duplicateCount = 0
    congestion.window = max(congestion.threshold, 2 * Int32(segmentSize))
  }

  // MARK: Spurious time-outs

  /// Whether what arrived was sent before the timer ran out (RFC 3522): the first acknowledgment
  /// behind it echoes a timestamp older than any that was sent again.
  private func isTimeoutSpurious(_ segment: Segment) -> Bool {
    guard let undo = recovery.undo else { return false }
    return echoes(segment, before: undo.firedAt)
  }

  /// The path was slow and nothing was lost: what the time-out changed is changed back.
  private mutating func undoTimeout(
    acknowledged: Int, buffers: inout Buffers, counters: inout Counters
  ) {
    guard let undo = recovery.undo else { return }
    counters.tcpSpuriousRTOs &+= 1
    recovery.undo = nil
    recovery.phase = .open
    recovery.duplicateCount = 0
    flags.subtract([.retransmissionForced, .windowReduced])
    sent.unmarkLost(in: &buffers.ranges)
    congestion.restore(
      undo, inFlight: inFlight, acknowledged: acknowledged, segmentSize: Int(segmentSize))
    outcome.insert(.transmit)
  }

  // MARK: Tail loss probe

  /// RFC 8985, 7.4.2: a probe that repeated a segment and repaired a loss is a loss to answer.
  ///
  /// An acknowledgment of just the probe's end may be of the segment that it repeats, late: the next
  /// one tells, by D-SACK or as a duplicate that both have arrived, else that one was lost.
  mutating func answerLossProbe(_ segment: Segment, isDuplicate: Bool) {
    guard flags.contains(.lossProbeSent), !sendUnacknowledged.precedes(recovery.lossProbeEnd)
    else { return }
    if flags.contains(.lossProbeRepeated) {
      if sendUnacknowledged == recovery.lossProbeEnd {
        guard isDuplicate, segment.options.selectiveAcknowledgmentCount == 0 else { return }
      } else if recovery.phase == .open {
        congestion.reduce(inFlight: Int(congestion.window), segmentSize: Int(segmentSize))
        congestion.window = congestion.threshold
        tellReduction()
      }
    }
    flags.subtract([.lossProbeSent, .lossProbeRepeated])
  }

  // MARK: ECN

  /// RFC 3168, 6.1.2: a mark is answered like a loss, once a window.
  private mutating func answerCongestionMark() {
    guard recovery.phase == .open, !recovery.isCongestionAnswered else { return }
    congestion.reduce(inFlight: inFlight, segmentSize: Int(segmentSize))
    congestion.window = congestion.threshold
    recovery.congestionPoint = sendNext
    recovery.isCongestionAnswered = true
    flags.insert(.windowReduced)
  }
}
