internal import MartletDevice
internal import MartletWire

/// What an acknowledgment does to the sending side (RFC 9293, 3.10.7.4, fifth step; RFC 5961, 5).
extension Connection {
  /// Takes the acknowledgment, the window and the SACK blocks of an acceptable segment; false when
  /// the segment must be dropped for them.
  mutating func processAcknowledgment(
    _ segment: Segment, now: Instant, buffers: inout Buffers, counters: inout Counters,
    configuration: Configuration
  ) -> Bool {
    takeProbedOctet(segment.acknowledgment, now: now, buffers: &buffers)
    let acknowledgment = segment.acknowledgment
    let ahead = acknowledgment.distance(from: sendUnacknowledged)
    guard ahead <= sendNext.distance(from: sendUnacknowledged) else {
      // RFC 5961, 5.2, where Linux stays silent in ESTABLISHED; the rate limit keeps both content.
      counters.drop(.tcpBadAcknowledgment)
      challenge(now: now, counters: &counters)
      return false
    }
    guard ahead >= -Int(max(largestSendWindow, 65_535)) else {
      counters.drop(.tcpBadAcknowledgment)
      challenge(now: now, counters: &counters)
      return false
    }
    var delivery = SentRanges.Delivery()
    let flightBefore = inFlight
    let isDuplicate = isDuplicateAcknowledgment(segment, ahead: ahead)
    if ahead > 0 {
      advance(
        to: acknowledgment, count: ahead, delivery: &delivery, now: now, buffers: &buffers,
        counters: &counters)
    }
    if flags.contains(.selective) {
      takeSelective(segment, delivery: &delivery, ranges: &buffers.ranges)
    } else if isDuplicate {
      recovery.duplicateCount = recovery.duplicateCount == .max ? .max : recovery.duplicateCount + 1
    }
    answerLossProbe(segment, isDuplicate: repeatsLast(segment, ahead: ahead))
    if ahead >= 0 { takeWindow(segment, now: now) }
    takeSample(segment, ahead: ahead, delivery: delivery, now: now)
    if sent.sackedCount > 0 || hasOutstanding || ahead > 0 {
      control(
        segment, acknowledged: ahead, delivery: delivery, flightBefore: flightBefore, now: now,
        buffers: &buffers, counters: &counters)
    }
    if ahead > 0 {
      outcome.insert(.progress)
      restartRetransmission(now: now, configuration: configuration)
      tellWritable()
    }
    if unsentCount > 0 || sent.hasLost || isFinDue { outcome.insert(.transmit) }
    return true
  }

  /// Whether FIN is queued, not sent, and nothing stands before it.
  var isFinDue: Bool { flags.contains(.finQueued) && !flags.contains(.finSent) }

  /// A window probe carries the octet at SND.NXT: when the peer acknowledges it, it was sent.
  private mutating func takeProbedOctet(
    _ acknowledgment: SequenceNumber, now: Instant, buffers: inout Buffers
  ) {
    guard flags.contains(.probeSent), acknowledgment == sendNext.advanced(by: 1), unsentCount > 0
    else { return }
    sent.append(from: sendNext, to: acknowledgment, at: lastSentAt, in: &buffers.ranges)
    sendNext = acknowledgment
    flags.remove(.probeSent)
    sendCursor = buffers.blocks.cursor(
      in: sendQueue, at: sendNext.distance(from: queueStart))
  }

  /// RFC 5681, section 2: outstanding data, no payload, no SYN or FIN, the same number and window.
  private func isDuplicateAcknowledgment(_ segment: Segment, ahead: Int) -> Bool {
    hasOutstanding && repeatsLast(segment, ahead: ahead)
  }

  /// Whether a segment says nothing that the one before it did not.
  private func repeatsLast(_ segment: Segment, ahead: Int) -> Bool {
    ahead == 0 && segment.length == 0
      && Int32(segment.window) << Int32(sendScale) == sendWindow
  }

  /// SND.UNA moves on: what lies before is the peer's.
  private mutating func advance(
    to acknowledgment: SequenceNumber, count: Int, delivery: inout SentRanges.Delivery,
    now: Instant, buffers: inout Buffers, counters: inout Counters
  ) {
    sent.acknowledge(upTo: acknowledgment, in: &buffers.ranges, delivery: &delivery)
    buffers.blocks.dropFirst(count, of: &sendQueue)
    sendUnacknowledged = acknowledgment
    if !hasOutstanding {
      // The cursor's block may have gone with the last byte.
      sendCursor = buffers.blocks.cursor(in: sendQueue, at: 0)
    }
    roundTrip.progressed()
    waitingSince = now
    if !flags.contains(.selective) { takePartial(count, ranges: &buffers.ranges) }
  }

  /// A peer without SACK: an acknowledgment takes back what its duplicates said has arrived.
  private mutating func takePartial(_ count: Int, ranges: inout RangePool) {
    let segments = (count + Int(segmentSize) - 1) / Int(segmentSize)
    if recovery.phase == .open || !sendUnacknowledged.precedes(recovery.point) {
      recovery.duplicateCount = 0
    } else {
      let arrived = max(0, Int(recovery.duplicateCount) - max(segments - 1, 0))
      recovery.duplicateCount = UInt8(clamping: arrived)
      // RFC 6582, 3.2: a partial acknowledgment names the next hole.
      if recovery.phase == .recovery {
        sent.markFirstLost(Int(segmentSize), in: &ranges)
      }
    }
  }

  private mutating func takeSelective(
    _ segment: Segment, delivery: inout SentRanges.Delivery, ranges: inout RangePool
  ) {
    let options = segment.options
    for index in 0..<options.selectiveAcknowledgmentCount {
      let block = options.selectiveAcknowledgment(at: index)
      if index == 0, isDuplicateReport(block.left, block.right, options) {
        takeDuplicateReport(upTo: block.right)
        continue
      }
      // Nothing outside what is outstanding, nothing empty or turned round.
      guard block.left.follows(sendUnacknowledged) || block.left == sendUnacknowledged,
        block.right.follows(block.left), !block.right.follows(sendNext)
      else { continue }
      sent.markSacked(
        from: block.left, to: block.right, in: &ranges, delivery: &delivery)
    }
  }

  /// A duplicate means that what was taken for lost was only late; that of a tail loss probe, which
  /// a timer sent, says nothing of the order on the path (RFC 8985, 7.4.2).
  private mutating func takeDuplicateReport(upTo end: SequenceNumber) {
    if flags.contains(.lossProbeSent), end == recovery.lossProbeEnd {
      return flags.subtract([.lossProbeSent, .lossProbeRepeated])
    }
    recovery.sawDuplicateReport(acknowledgment: sendUnacknowledged, sendNext: sendNext)
    flags.insert(.reorderingSeen)
  }

  /// RFC 2883, section 4: the first block lies below the acknowledgment, or within the second.
  private func isDuplicateReport(
    _ left: SequenceNumber, _ right: SequenceNumber, _ options: TCPOptions
  ) -> Bool {
    if right.distance(from: sendUnacknowledged) <= 0 { return true }
    guard options.selectiveAcknowledgmentCount > 1 else { return false }
    let second = options.selectiveAcknowledgment(at: 1)
    return !left.precedes(second.left) && !right.follows(second.right)
  }

  /// The send window, unless the segment is older than the last that set it.
  mutating func takeWindow(_ segment: Segment, now: Instant) {
    let isNewer =
      windowSequence.precedes(segment.sequence)
      || (windowSequence == segment.sequence
        && !windowAcknowledgment.follows(segment.acknowledgment))
    guard isNewer else { return }
    let window = Int32(segment.window) << Int32(sendScale)
    if window > sendWindow, unsentCount > 0 { outcome.insert(.transmit) }
    sendWindow = window
    largestSendWindow = max(largestSendWindow, window)
    windowSequence = segment.sequence
    windowAcknowledgment = segment.acknowledgment
    if window > 0, retransmission.purpose == .persist {
      retransmission.stop()
      roundTrip.progressed()
      roundTrip.endBackoff()
    }
  }

  /// A round-trip sample from what was sent only once, or else from the echoed timestamp (Karn).
  private mutating func takeSample(
    _ segment: Segment, ahead: Int, delivery: SentRanges.Delivery, now: Instant
  ) {
    if let sentAt = delivery.sampleSentAt {
      let measured = now - sentAt
      roundTrip.sample(measured, at: now)
      congestion.sampled(
        measured, acknowledgment: segment.acknowledgment, sendNext: sendNext)
    } else if ahead > 0, flags.contains(.timestamps), let echo = segment.options.timestamps?.echo,
      echo != 0
    {
      let elapsed = Int32(bitPattern: timestamp(at: now) &- echo)
      if elapsed >= 0, elapsed < 60_000 {
        roundTrip.sample(.milliseconds(max(1, Int64(elapsed))), at: now)
      }
    }
  }

  /// Tells a user who found no room that a third of it has come back.
  private mutating func tellWritable() {
    guard flags.contains(.wantsWritable), state.canSend else { return }
    guard sendQueue.byteCount <= Int(sendLimit) / 3 * 2 else { return }
    flags.remove(.wantsWritable)
    news.insert(.writable)
  }

  // MARK: Closing

  /// Our FIN was acknowledged: the state moves on.
  mutating func advanceClosing(
    now: Instant, buffers: inout Buffers, configuration: Configuration
  ) {
    guard flags.contains(.finSent), !hasOutstanding else { return }
    switch state {
    case .finWait1:
      state = .finWait2
      // Without a user nobody waits for the peer's FIN: it may not keep the connection for ever.
      if flags.contains(.orphaned) { lifetimeDeadline = now + configuration.timeWait }
    case .closing:
      state = .timeWait
      outcome.insert(.timeWait)
    case .lastAck:
      end(.closed, buffers: &buffers)
    default:
      break
    }
  }
}
