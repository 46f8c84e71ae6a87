internal import MartletDevice
internal import MartletWire

/// The congestion state of one sender: window, threshold, and the algorithm that moves them.
///
/// Windows are in bytes. Which bytes to send or send again is not decided here.
struct Congestion: BitwiseCopyable {
  /// The algorithm.
  let algorithm: CongestionControl
  /// cwnd: the bytes that may be in flight.
  var window: Int32
  /// ssthresh: where slow start ends.
  var threshold: Int32 = .max
  private(set) var cubic = Cubic()
  private var hyStart = HyStart()
  /// Bytes acknowledged that have not yet made a whole segment's growth (RFC 5681, 3.1).
  private var credit: Int32 = 0

  /// Starts with ten segments (RFC 6928).
  init(_ algorithm: CongestionControl, segmentSize: Int) {
    self.algorithm = algorithm
    self.window = Self.initialWindow(segmentSize: segmentSize)
  }

  /// RFC 6928: ten segments, less for large ones.
  static func initialWindow(segmentSize: Int) -> Int32 {
    Int32(truncatingIfNeeded: min(10 * segmentSize, max(2 * segmentSize, 14_600)))
  }

  /// Whether the window still doubles every round trip.
  var isInSlowStart: Bool { window < threshold }

  /// New data was acknowledged outside recovery while the window was what limited sending.
  mutating func acknowledged(
    _ count: Int, segmentSize: Int, roundTrip: RoundTrip, now: Instant
  ) {
    var left = Int32(truncatingIfNeeded: count)
    let segment = Int32(truncatingIfNeeded: segmentSize)
    if isInSlowStart {
      let grown = min(hyStart.growth(for: left, segmentSize: segment), threshold &- window)
      window = window.addingSaturating(grown)
      guard !isInSlowStart else { return }
      left -= min(left, grown)
    }
    guard left > 0 else { return }
    switch algorithm {
    case .newReno:
      credit = credit.addingSaturating(left)
      // One segment a window, in steps of a segment.
      while credit >= window {
        credit -= window
        window = window.addingSaturating(segment)
      }
    case .cubic:
      window = cubic.window(
        after: left, window: window, segmentSize: segment, smoothed: roundTrip.smoothed, now: now)
    }
  }

  /// A round-trip sample, which HyStart++ judges slow start by (RFC 9406).
  ///
  /// `acknowledgment` and `sendNext` tell where one round ends and the next begins.
  mutating func sampled(
    _ measured: Interval, acknowledgment: SequenceNumber, sendNext: SequenceNumber
  ) {
    guard isInSlowStart, threshold == .max else { return }
    let isOver = hyStart.sample(measured, acknowledgment: acknowledgment, sendNext: sendNext)
    guard isOver else { return }
    threshold = window
    // RFC 9406, 4.3: only the first slow start is watched, a later one grows as any.
    hyStart = HyStart()
  }

  /// A loss or a congestion mark: sets the threshold to what the path is taken to bear now.
  ///
  /// The caller moves the window there: at once, or by PRR.
  mutating func reduce(inFlight: Int, segmentSize: Int) {
    let segment = Int32(truncatingIfNeeded: segmentSize)
    let flight = Int32(truncatingIfNeeded: inFlight)
    credit = 0
    hyStart = HyStart()
    switch algorithm {
    case .newReno:
      threshold = max(flight / 2, 2 * segment)
    case .cubic:
      threshold = cubic.reduced(window: min(window, max(flight, segment)), segmentSize: segment)
    }
  }

  /// The retransmission timer ran out (RFC 5681, 3.1): one segment, and slow start from there.
  mutating func collapse(inFlight: Int, segmentSize: Int, isFirst: Bool) {
    if isFirst { reduce(inFlight: inFlight, segmentSize: segmentSize) }
    // RFC 9438, 4.8: what the window was before a time-out is no aim for the growth behind it.
    cubic = Cubic()
    window = Int32(truncatingIfNeeded: segmentSize)
  }

  /// The time-out was spurious (RFC 4015, section 5): the window restarts from what is in flight, so
  /// that no burst follows, and slow start soon has it back where it was.
  mutating func restore(_ undo: TimeoutUndo, inFlight: Int, acknowledged: Int, segmentSize: Int) {
    let step = min(Int32(clamping: acknowledged), Self.initialWindow(segmentSize: segmentSize))
    window = max(Int32(clamping: inFlight).addingSaturating(step), Int32(clamping: segmentSize))
    threshold = max(undo.window, undo.threshold)
    cubic = undo.cubic
    cubic.restart()
  }

  /// The window was not what limited sending, or nothing is left to send.
  mutating func pause() { cubic.pause() }

  /// Sending paused for longer than a time-out: the window says nothing any more (RFC 5681, 4.1).
  mutating func restartAfterIdle(segmentSize: Int) {
    window = min(window, Self.initialWindow(segmentSize: segmentSize))
    cubic.restart()
  }
}

extension Int32 {
  /// The sum, or the largest number.
  func addingSaturating(_ other: Int32) -> Int32 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
