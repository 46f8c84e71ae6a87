internal import MartletDevice

/// CUBIC's window growth (RFC 9438) in integers: bytes and milliseconds.
struct Cubic: BitwiseCopyable {
  /// W_max: the window before the last reduction.
  private var maximum: Int32 = 0
  /// K: the milliseconds from the epoch's start until the window is back at W_max.
  private var inflection: Int64 = 0
  /// When this epoch of growth began; `nil` until the first acknowledgment after a reduction.
  private var epoch: Instant?
  /// W_est: what Reno would have by now.
  private var estimate: Int32 = 0
  private var estimateCredit: Int64 = 0
  /// When the window was last moved.
  private var movedAt = Instant.zero
  /// Whether the user has sent too little since then for the window to matter.
  private var isPaused = false

  /// The cube of anything longer would not fit 64 bits.
  private static var longest: Int64 { 1 << 17 }

  init() {}

  /// The next growth starts from the window as it is then.
  mutating func restart() { epoch = nil }

  /// The user sends less than the window allows: what passes until it is full again is no time of
  /// growth (RFC 9438, 4.2 and 5.8).
  mutating func pause() { isPaused = true }

  /// The threshold after a congestion event (RFC 9438, 4.6 and 4.7): 0.7 of the window.
  mutating func reduced(window: Int32, segmentSize: Int32) -> Int32 {
    epoch = nil
    // Fast convergence: a flow that did not get back to its last maximum leaves room for others.
    maximum = window < maximum ? Int32(Int64(window) * 17 / 20) : window
    return max(Int32(Int64(window) * 7 / 10), 2 * segmentSize)
  }

  /// The window after `count` more bytes were acknowledged in congestion avoidance.
  mutating func window(
    after count: Int32, window: Int32, segmentSize: Int32, smoothed: Interval, now: Instant
  ) -> Int32 {
    if isPaused {
      if let epoch { self.epoch = epoch + (now - movedAt) }
      isPaused = false
    }
    movedAt = now
    let began = epoch ?? begin(window: window, segmentSize: segmentSize, now: now)
    // Section 4.2: the target is where the curve will be one round trip from now.
    let elapsed = (now - began + smoothed).microseconds / 1000
    let curve = height(at: elapsed, segmentSize: segmentSize)
    let reno = renoEstimate(after: count, window: window, segmentSize: segmentSize)
    guard curve > Int64(reno) else { return max(window, reno) }
    let target = min(max(curve, Int64(window)), Int64(window) * 3 / 2)
    let growth = (target - Int64(window)) * Int64(count) / Int64(max(window, 1))
    return window.addingSaturating(Int32(truncatingIfNeeded: min(growth, Int64(count))))
  }

  private mutating func begin(window: Int32, segmentSize: Int32, now: Instant) -> Instant {
    epoch = now
    estimate = window
    estimateCredit = 0
    maximum = max(maximum, window)
    // K = cbrt((W_max - cwnd) / C) seconds with C = 0.4 segments a second cubed.
    let below = UInt64(maximum - window)
    inflection = Int64(Self.cubeRoot(below * 2_500_000_000 / UInt64(max(segmentSize, 1))))
    return now
  }

  /// W_cubic at `elapsed` milliseconds: C (t - K)^3 + W_max.
  private func height(at elapsed: Int64, segmentSize: Int32) -> Int64 {
    let offset = min(max(elapsed - inflection, -Self.longest), Self.longest)
    // Thousandths go first, so that the product fits: 0.4 / 10^9 is 4 / (10^4 * 10^6).
    let scaled = offset * offset * offset / 10_000
    return Int64(maximum) + scaled * Int64(segmentSize) * 4 / 1_000_000
  }

  /// Section 4.3: Reno's growth with CUBIC's factor, 0.529 segments a window until it has caught up
  /// with W_max, one segment from there on.
  private mutating func renoEstimate(
    after count: Int32, window: Int32, segmentSize: Int32
  ) -> Int32 {
    let factor: Int64 = estimate < maximum ? 529 : 1000
    estimateCredit += Int64(count) * Int64(segmentSize) * factor
    let unit = Int64(max(window, 1)) * 1000
    estimate = estimate.addingSaturating(Int32(truncatingIfNeeded: estimateCredit / unit))
    estimateCredit %= unit
    return estimate
  }

  /// The largest number whose cube is not above `value`.
  static func cubeRoot(_ value: UInt64) -> UInt64 {
    var root: UInt64 = 0
    var rest = value
    var shift: UInt64 = 63
    // Three bits of the value give one bit of the root, from the top.
    while true {
      root &<<= 1
      let trial = (3 &* root &* (root &+ 1) &+ 1)
      if rest >> shift >= trial {
        rest &-= trial << shift
        root &+= 1
      }
      if shift == 0 { return root }
      shift -= 3
    }
  }
}
