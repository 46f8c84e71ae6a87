/// A TCP sequence number: 32 bits that wrap (RFC 9293, section 3.4).
///
/// It is not `Comparable`, because numbers on a circle have no total order: ask `precedes`, which
/// compares by signed distance and holds for numbers less than 2³¹ apart.
public struct SequenceNumber: Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number on the wire.
  public var rawValue: UInt32

  /// Takes the number on the wire.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The number `count` bytes further on.
  @inlinable
  public func advanced(by count: Int) -> Self {
    Self(rawValue: rawValue &+ UInt32(truncatingIfNeeded: count))
  }

  /// The signed distance from `other` to this number: positive when this one comes later.
  @inlinable
  public func distance(from other: Self) -> Int {
    Int(Int32(bitPattern: rawValue &- other.rawValue))
  }

  /// Whether this number comes before `other` (SEG < OTHER in the RFC's arithmetic).
  @inlinable public func precedes(_ other: Self) -> Bool { distance(from: other) < 0 }
  /// Whether this number comes after `other`.
  @inlinable public func follows(_ other: Self) -> Bool { distance(from: other) > 0 }
}
