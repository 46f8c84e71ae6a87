internal import MartletDevice
internal import MartletWire

/// Receive offload in software: a run of segments, each of which continues the one before it and
/// says nothing new, does not pass the state machine: its bytes are appended to those that are there,
/// and what it would find on the long way is known beforehand.
///
/// Nothing is copied together and nothing held back, so a run needs no end of its own and may go on
/// in the next batch. What breaks it is what no receive offload may merge: a gap or an overlap, any
/// control bit but ACK and PSH, a new acknowledgment or window, an option beside a timestamp that did
/// not go back, a congestion mark. Such a segment takes the long way, and the next one may open
/// another run.
extension Connection {
  /// Takes a segment that continues a run; false, and nothing changed, for any other.
  mutating func continueRun(
    _ segment: Segment, payload: RawSpan, delayedAcknowledgment: Interval, now: Instant,
    buffers: inout Buffers, counters: inout Counters
  ) -> Bool {
    guard isReadyForRun, continuesRun(segment, count: payload.byteCount),
      buffers.blocks.hasRoomToReceive(payload.byteCount, in: receiveQueue)
    else { return false }
    lastHeardAt = now
    probesUnanswered = 0
    takeWindow(segment, now: now)
    takeTimestamp(segment, now: now)
    storeInOrder(payload, now: now, buffers: &buffers, counters: &counters)
    if flags.contains(.acknowledgmentDelayed), acknowledgmentDeadline == .distantFuture {
      acknowledgmentDeadline = now + delayedAcknowledgment
    }
    counters.tcpHPHits &+= 1
    return true
  }

  /// Whether this side only receives: nothing that it has sent, or will, waits for an answer.
  private var isReadyForRun: Bool {
    state == .established && !hasOutstanding && sendQueue.isEmpty
      && retransmission.purpose == .none
      && flags.isDisjoint(with: [
        .hasPeerFin, .orphaned, .finQueued, .probeSent, .lossProbeSent,
      ])
  }

  /// Whether a segment brings the next bytes, all within the window, and nothing else.
  private func continuesRun(_ segment: Segment, count: Int) -> Bool {
    guard segment.sequence == receiveNext, segment.acknowledgment == sendUnacknowledged,
      segment.flags.subtracting(.psh) == .ack, !segment.congestionExperienced,
      Int32(segment.window) << Int32(sendScale) == sendWindow, count > 0,
      count <= receiveEdge.distance(from: receiveNext)
    else { return false }
    return segment.options.selectiveAcknowledgmentCount == 0
      && segment.options.userTimeout == nil && isNoOlder(segment)
  }

  private func isNoOlder(_ segment: Segment) -> Bool {
    guard flags.contains(.timestamps), let timestamps = segment.options.timestamps else {
      return true
    }
    return Int32(bitPattern: timestamps.value &- timestampRecent) >= 0
  }
}
