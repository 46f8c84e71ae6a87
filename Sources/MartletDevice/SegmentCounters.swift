/// What a `Segment` has done with the frames put on it.
public struct SegmentCounters: Equatable, Sendable, BitwiseCopyable {
  /// The frames put on the segment.
  public internal(set) var offered: UInt64 = 0
  /// The copies that reached a port's queue.
  public internal(set) var delivered: UInt64 = 0
  /// The frames that went to every port: to a group, or to a station not heard of.
  public internal(set) var flooded: UInt64 = 0
  /// The copies that found their port's queue full.
  public internal(set) var overflowed: UInt64 = 0
  /// The copies that were longer than the segment's frames may be.
  public internal(set) var oversized: UInt64 = 0
  /// The frames without a whole Ethernet header, or from a group's address.
  public internal(set) var malformed: UInt64 = 0
  /// The frames for a station behind the port that they came from.
  public internal(set) var filtered: UInt64 = 0

  /// Nothing yet.
  public init() {}
}
