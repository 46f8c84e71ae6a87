/// What a `FaultInjector` has done in one direction.
public struct FaultCounters: Equatable, Sendable, BitwiseCopyable {
  /// The frames that entered.
  public internal(set) var offered: UInt64 = 0
  /// The frames that came out, second copies included.
  public internal(set) var delivered: UInt64 = 0
  /// The frames lost by chance.
  public internal(set) var lost: UInt64 = 0
  /// The frames that found the queue full.
  public internal(set) var overflowed: UInt64 = 0
  /// The frames doubled.
  public internal(set) var duplicated: UInt64 = 0
  /// The frames held back.
  public internal(set) var reordered: UInt64 = 0
  /// The frames with a bit changed.
  public internal(set) var corrupted: UInt64 = 0

  /// Nothing yet.
  public init() {}
}
