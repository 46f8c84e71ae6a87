internal import MartletDevice
internal import MartletWire

/// What happens when time passes, and when it should be looked at next.
extension Connection {
  /// A timer may have run out.
  mutating func timerFired(
    now: Instant, buffers: inout Buffers, counters: inout Counters,
    configuration: Configuration
  ) {
    if acknowledgmentDeadline <= now {
      acknowledgmentDeadline = .distantFuture
      if flags.contains(.acknowledgmentDelayed) { acknowledgeNow() }
    }
    if retransmission.deadline <= now {
      retransmissionFired(
        now: now, buffers: &buffers, counters: &counters, configuration: configuration)
    }
    if state != .closed, lifetimeDeadline <= now {
      lifetimeFired(now: now, buffers: &buffers, counters: &counters)
    }
  }

  private mutating func retransmissionFired(
    now: Instant, buffers: inout Buffers, counters: inout Counters,
    configuration: Configuration
  ) {
    switch retransmission.purpose {
    case .none:
      retransmission.stop()
    case .reordering:
      reorderingTimedOut(now: now, buffers: &buffers, counters: &counters)
      rearm(now: now, configuration: configuration)
    case .lossProbe:
      flags.insert(.lossProbeDue)
      outcome.insert(.transmit)
      // RFC 8985, 7.3: RTO begins behind the probe.
      retransmission.startedAt = now
      armRetransmission(now: now, configuration: configuration, allowsProbe: false)
    case .persist:
      persistFired(now: now, buffers: &buffers, configuration: configuration)
    case .retransmission:
      timedOut(now: now, buffers: &buffers, counters: &counters, configuration: configuration)
    }
  }

  /// RTO (RFC 6298, section 5): everything outstanding is taken for lost.
  private mutating func timedOut(
    now: Instant, buffers: inout Buffers, counters: inout Counters,
    configuration: Configuration
  ) {
    guard !hasGivenUp(now: now) else {
      if !state.isSynchronized { counters.tcpAttemptFails &+= 1 }
      return end(.timedOut, buffers: &buffers)
    }
    counters.tcpTimeouts &+= 1
    roundTrip.backOff()
    if state.isSynchronized {
      let flight = inFlight
      let isFirst = !isLossAnswered && roundTrip.expiryCount == 1
      if roundTrip.expiryCount == 1 { recovery.undo = isFirst ? timeoutUndo(now: now) : nil }
      let reneged = sent.isFirstSacked(in: buffers.ranges)
      sent.markAllLost(forgettingSACK: reneged, in: &buffers.ranges)
      congestion.collapse(
        inFlight: flight, segmentSize: Int(segmentSize), isFirst: isFirst)
      tellReduction()
      recovery.phase = .loss
      recovery.point = sendNext
      recovery.duplicateCount = 0
      flags.subtract([.lossProbeSent, .lossProbeRepeated, .lossProbeDue])
      flags.insert(.retransmissionForced)
      searchBlackHole(now: now)
    } else {
      flags.insert(.synDue)
    }
    outcome.insert(.transmit)
    // RFC 6298, 5.5: backed off from here.
    retransmission.startedAt = now
    retransmission.set(
      .retransmission,
      at: limited(now + roundTrip.timeout(shortest: configuration.minimumRTO), now: now))
  }

  /// Whether the threshold was lowered already for the window that is outstanding, by a mark, by fast
  /// recovery or by a time-out before: once a window is enough (RFC 5681, 3.1; RFC 3168, 6.1.2).
  private var isLossAnswered: Bool {
    recovery.phase == .open
      ? recovery.isCongestionAnswered : sendUnacknowledged.precedes(recovery.point)
  }

  /// What to remember of a time-out that may turn out spurious; `nil` where nothing could tell.
  private func timeoutUndo(now: Instant) -> TimeoutUndo? {
    guard flags.contains(.timestamps), recovery.phase == .open else { return nil }
    return TimeoutUndo(
      firedAt: now, window: congestion.window, threshold: congestion.threshold,
      cubic: congestion.cubic)
  }

  /// A deadline, or the user's timeout when that is sooner.
  private func limited(_ deadline: Instant, now: Instant) -> Instant {
    guard userTimeout > .zero else { return deadline }
    return max(min(deadline, waitingSince + userTimeout), now + .milliseconds(1))
  }

  /// Whether the peer has been silent for as long as its user, or the rule, allows.
  private func hasGivenUp(now: Instant) -> Bool {
    if !state.isSynchronized {
      return userTimeout > .zero
        ? now - waitingSince >= userTimeout : roundTrip.expiryCount >= 6
    }
    // A peer whose window is closed answers each retransmission: it is alive (RFC 9293, 3.8.6.1).
    if sendWindow == 0, now - lastHeardAt < RoundTrip.maximumTimeout * 2 { return false }
    if userTimeout > .zero { return now - waitingSince >= userTimeout }
    return roundTrip.expiryCount >= 15
  }

  /// RFC 4821 in its simple form: after three time-outs in a row large segments may be vanishing
  /// where no ICMP says so, so smaller ones are tried.
  private mutating func searchBlackHole(now: Instant) {
    // A closed window is why nothing arrives, not the path.
    guard roundTrip.expiryCount >= 3, segmentSize > 512, sendWindow > 0 else { return }
    segmentSize = max(512, segmentSize / 2)
    widensPathAt = now + PathTable.lifetime
  }

  /// A closed window, or one too small to be worth using, is probed with one octet.
  private mutating func persistFired(
    now: Instant, buffers: inout Buffers, configuration: Configuration
  ) {
    if flags.contains(.orphaned), roundTrip.expiryCount >= 8 {
      // Nobody waits for a peer that takes nothing any more and only answers.
      outcome.insert(.reset)
      return end(.timedOut, buffers: &buffers)
    }
    if now - lastHeardAt >= (userTimeout > .zero ? userTimeout : .seconds(900)),
      roundTrip.expiryCount >= 6
    {
      // Answered probes keep a connection open for ever (RFC 9293, 3.8.6.1); unanswered ones do not.
      return end(.timedOut, buffers: &buffers)
    }
    flags.insert(.probeDue)
    outcome.insert(.transmit)
    roundTrip.backOff()
    armPersist(now: now, configuration: configuration)
  }

  private mutating func lifetimeFired(
    now: Instant, buffers: inout Buffers, counters: inout Counters
  ) {
    lifetimeDeadline = .distantFuture
    switch state {
    case .finWait2 where flags.contains(.orphaned), .timeWait:
      end(.closed, buffers: &buffers)
    case .established, .closeWait, .finWait1, .finWait2:
      keepAliveFired(now: now, buffers: &buffers)
    default:
      break
    }
  }

  private mutating func keepAliveFired(now: Instant, buffers: inout Buffers) {
    guard flags.contains(.keepAlive) else { return }
    let idle = now - lastHeardAt
    guard idle >= .seconds(Int64(keepAlive.idleSeconds)), !hasOutstanding else {
      return armKeepAlive(now: now)
    }
    guard probesUnanswered < keepAlive.probeCount else {
      outcome.insert(.reset)
      return end(.timedOut, buffers: &buffers)
    }
    probesUnanswered += 1
    flags.insert(.probeDue)
    outcome.insert(.transmit)
    lifetimeDeadline = now + .seconds(Int64(keepAlive.intervalSeconds))
  }

  /// Sets when an idle peer is next looked at.
  mutating func armKeepAlive(now: Instant) {
    guard flags.contains(.keepAlive), state.isSynchronized else { return }
    let due = lastHeardAt + .seconds(Int64(keepAlive.idleSeconds))
    lifetimeDeadline = max(due, now + .seconds(1))
  }

  // MARK: Setting

  /// After an event: sets what should run and is not.
  mutating func rearm(now: Instant, configuration: Configuration) {
    if flags.contains(.acknowledgmentDelayed), acknowledgmentDeadline == .distantFuture {
      acknowledgmentDeadline = now + configuration.delayedAcknowledgment
    }
    if !hasOutstanding {
      if retransmission.purpose != .persist { retransmission.stop() }
      if needsPersist { armPersist(now: now, configuration: configuration) }
    } else if retransmission.purpose == .none {
      armRetransmission(now: now, configuration: configuration, allowsProbe: true)
    }
  }

  /// New data was acknowledged: RTO starts anew (RFC 6298, 5.3).
  mutating func restartRetransmission(now: Instant, configuration: Configuration) {
    retransmission.startedAt = now
    guard retransmission.purpose != .reordering else { return }
    guard hasOutstanding else { return retransmission.stop() }
    armRetransmission(now: now, configuration: configuration, allowsProbe: true)
  }

  /// Something was sent for the first time, or again.
  mutating func armAfterSending(
    now: Instant, hadOutstanding: Bool, configuration: Configuration
  ) {
    if !hadOutstanding {
      retransmission.startedAt = now
      waitingSince = now
    }
    switch retransmission.purpose {
    case .none, .persist, .lossProbe:
      armRetransmission(now: now, configuration: configuration, allowsProbe: true)
    case .retransmission, .reordering:
      break
    }
  }

  /// Sets RTO, or before it a probe for a lost tail.
  mutating func armRetransmission(
    now: Instant, configuration: Configuration, allowsProbe: Bool
  ) {
    let timeout = roundTrip.timeout(shortest: configuration.minimumRTO)
    let expiry = limited(max(retransmission.startedAt + timeout, now), now: now)
    if allowsProbe, mayProbeTail {
      // RFC 8985, 7.2: a probe takes the place of the time-out even where it is not sooner.
      return retransmission.set(.lossProbe, at: min(now + probeTimeout, expiry))
    }
    retransmission.set(.retransmission, at: expiry)
  }

  /// RFC 8985, 7.2: no probe while losses are known, or while one is out.
  private var mayProbeTail: Bool {
    state.isSynchronized && flags.contains(.selective) && recovery.phase == .open
      && roundTrip.hasSample && roundTrip.backoff == 0 && !sent.hasLost
      && flags.isDisjoint(with: [.lossProbeSent, .lossProbeDue])
  }

  /// PTO: two round trips, and time for a delayed acknowledgment when only one segment is out.
  private var probeTimeout: Interval {
    let twice = roundTrip.smoothed * 2
    let isSingle = sendNext.distance(from: sendUnacknowledged) <= Int(segmentSize)
    return max(isSingle ? twice + .milliseconds(200) : twice, .milliseconds(10))
  }

  /// Whether data waits behind a window that nothing on its way will open.
  private var needsPersist: Bool {
    unsentCount > 0 && state.isSynchronized && retransmission.purpose == .none
      && isWindowTooSmall
  }

  /// Whether the window keeps back a segment that would otherwise go.
  var isWindowTooSmall: Bool {
    let usable = Int(sendWindow)
    return usable < min(unsentCount, min(Int(segmentSize), max(Int(largestSendWindow) / 2, 1)))
  }

  private mutating func armPersist(now: Instant, configuration: Configuration) {
    let interval = roundTrip.timeout(shortest: configuration.minimumRTO)
    retransmission.set(.persist, at: now + interval)
  }
}
