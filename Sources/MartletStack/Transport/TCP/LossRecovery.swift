internal import MartletDevice
internal import MartletWire

/// Where a sender stands in finding and repairing losses (RFC 8985, RFC 6937, RFC 6582).
struct LossRecovery: BitwiseCopyable {
  /// What the sender is doing about loss.
  enum Phase: UInt8, BitwiseCopyable {
    /// Nothing is known to be lost.
    case open
    /// Lost segments are being repaired (fast recovery).
    case recovery
    /// The retransmission timer ran out, and everything is sent again in slow start.
    case loss
  }

  /// What the sender is doing about loss.
  var phase = Phase.open
  /// RecoveryPoint: the phase ends when everything before this is acknowledged.
  var point = SequenceNumber(rawValue: 0)
  /// Duplicate acknowledgments in a row from a peer without SACK.
  var duplicateCount: UInt8 = 0
  /// What the last time-out took away, until an acknowledgment tells whether rightly.
  var undo: TimeoutUndo?
  /// Congestion marks before this was acknowledged have been answered (RFC 3168, 6.1.2).
  var congestionPoint = SequenceNumber(rawValue: 0)
  /// Whether `congestionPoint` means anything.
  var isCongestionAnswered = false

  // RACK (RFC 8985, section 5.2)
  /// RACK.xmit_ts: when the newest delivered range was sent.
  var deliveredSentAt = Instant.zero
  /// RACK.end_seq: its end.
  var deliveredEnd = SequenceNumber(rawValue: 0)
  /// RACK.rtt: how long it took.
  var deliveredRoundTrip = Interval.zero
  /// RACK.fack: the highest sequence number known to be delivered.
  var forward = SequenceNumber(rawValue: 0)
  /// RACK.reo_wnd_mult.
  var patienceFactor: UInt8 = 1
  /// RACK.reo_wnd_persist: the recoveries that the factor still lasts.
  var patiencePersistence: UInt8 = 0
  /// RACK.dsack_round: a report before this was acknowledged is of a round already answered.
  var duplicateRound: SequenceNumber?
  /// TLP.end_seq: acknowledging this answers the tail loss probe.
  var lossProbeEnd = SequenceNumber(rawValue: 0)

  // PRR (RFC 6937)
  /// prr_delivered: bytes delivered since recovery began.
  var delivered: Int32 = 0
  /// prr_out: bytes sent since then.
  var sent: Int32 = 0
  /// RecoverFS: bytes in flight when it began.
  var flightAtStart: Int32 = 0

  init() {}

  /// Begins fast recovery.
  mutating func begin(at point: SequenceNumber, inFlight: Int) {
    phase = .recovery
    self.point = point
    delivered = 0
    sent = 0
    flightAtStart = max(1, Int32(truncatingIfNeeded: inFlight))
    if patiencePersistence > 0 {
      patiencePersistence -= 1
      if patiencePersistence == 0 { patienceFactor = 1 }
    }
  }

  /// The window that PRR allows after `count` more bytes were delivered (RFC 6937, section 3.1).
  mutating func proportionalWindow(
    afterDelivering count: Int, inFlight: Int, threshold: Int32, segmentSize: Int
  ) -> Int32 {
    delivered = delivered.addingSaturating(Int32(truncatingIfNeeded: count))
    let pipe = Int32(truncatingIfNeeded: inFlight)
    let segment = Int32(truncatingIfNeeded: segmentSize)
    var allowed: Int32
    if pipe > threshold {
      // Proportional: threshold / RecoverFS bytes sent for each one delivered.
      let share = Int64(delivered) * Int64(threshold)
      let ceiling = (share + Int64(flightAtStart) - 1) / Int64(flightAtStart)
      allowed = Int32(clamping: ceiling - Int64(sent))
    } else {
      // Slow start reduction bound: catch up with the threshold, a segment above what arrives.
      let limit = max(delivered - sent, Int32(truncatingIfNeeded: count)).addingSaturating(segment)
      allowed = min(threshold - pipe, limit)
    }
    allowed = max(allowed, 0)
    return pipe.addingSaturating(allowed)
  }

  /// A peer reported a duplicate: segments were reordered, not lost, so wait longer, once a round
  /// trip (RFC 8985, 6.2).
  mutating func sawDuplicateReport(acknowledgment: SequenceNumber, sendNext: SequenceNumber) {
    if let round = duplicateRound, acknowledgment.precedes(round) { return }
    duplicateRound = sendNext
    patienceFactor = patienceFactor == .max ? .max : patienceFactor + 1
    patiencePersistence = 16
  }
}
