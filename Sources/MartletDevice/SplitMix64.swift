/// A small deterministic generator for faults and tests; not for secrets.
///
/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Starts from `seed`: the same seed gives the same sequence.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Whether something with this chance happens now. A chance of 0 draws nothing, so that one fault
  /// does not move the others.
  mutating func happens(perMillion chance: UInt32) -> Bool {
    chance > 0 && next().multipliedFullWidth(by: 1_000_000).high < UInt64(chance)
  }

  /// A number below `bound`, which must be above 0.
  mutating func number(below bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound.magnitude)).high)
  }

  /// A time from none to `longest`; draws nothing when that is none.
  mutating func interval(upTo longest: Interval) -> Interval {
    guard longest > .zero else { return .zero }
    let bound = Int(clamping: longest.microseconds.addingReportingOverflow(1).partialValue)
    return .microseconds(Int64(number(below: max(bound, 1))))
  }
}
