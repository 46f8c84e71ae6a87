internal import MartletDevice
internal import MartletWire

/// HyStart++ (RFC 9406): leaves slow start when delay grows, before the queue overflows.
struct HyStart: BitwiseCopyable {
  private var lastRoundMinimum = Interval(microseconds: .max)
  private var currentRoundMinimum = Interval(microseconds: .max)
  private var baseline = Interval(microseconds: .max)
  private var windowEnd: SequenceNumber?
  private var sampleCount: UInt8 = 0
  /// The rounds of conservative slow start so far; `nil` outside it.
  private var conservativeRounds: UInt8?

  private static var samplesPerRound: UInt8 { 8 }
  private static var conservativeLimit: UInt8 { 5 }
  private static var conservativeDivisor: Int32 { 4 }
  /// L: without pacing a burst of acknowledgments may grow the window by this many segments.
  private static var growthLimit: Int32 { 8 }

  init() {}

  /// The bytes that the window grows by for `count` bytes acknowledged (section 4.2).
  func growth(for count: Int32, segmentSize: Int32) -> Int32 {
    let limited = min(count, Self.growthLimit * segmentSize)
    return conservativeRounds == nil ? limited : limited / Self.conservativeDivisor
  }

  /// Takes a sample; true when slow start is over.
  mutating func sample(
    _ measured: Interval, acknowledgment: SequenceNumber, sendNext: SequenceNumber
  ) -> Bool {
    if let end = windowEnd, acknowledgment.precedes(end) {
      sampleCount = sampleCount == .max ? .max : sampleCount + 1
    } else if beginRound(sendNext: sendNext) {
      return true
    }
    currentRoundMinimum = min(currentRoundMinimum, measured)
    guard sampleCount >= Self.samplesPerRound else { return false }
    if conservativeRounds == nil {
      if hasDelayGrown {
        baseline = currentRoundMinimum
        conservativeRounds = 0
      }
    } else if currentRoundMinimum < baseline {
      // The growth was a false alarm.
      baseline = Interval(microseconds: .max)
      conservativeRounds = nil
    }
    return false
  }

  /// Starts the next round; true when conservative slow start has lasted long enough.
  private mutating func beginRound(sendNext: SequenceNumber) -> Bool {
    windowEnd = sendNext
    lastRoundMinimum = currentRoundMinimum
    currentRoundMinimum = Interval(microseconds: .max)
    sampleCount = 1
    guard let rounds = conservativeRounds else { return false }
    conservativeRounds = rounds + 1
    return rounds + 1 >= Self.conservativeLimit
  }

  /// Whether this round's delay is above the last one's by RttThresh, an eighth within 4 to 16 ms.
  private var hasDelayGrown: Bool {
    let unknown = Interval(microseconds: .max)
    guard lastRoundMinimum != unknown, currentRoundMinimum != unknown else { return false }
    let threshold = max(.milliseconds(4), min(lastRoundMinimum / 8, .milliseconds(16)))
    return currentRoundMinimum >= lastRoundMinimum + threshold
  }
}
