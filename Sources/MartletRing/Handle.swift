/// A reference that may be stale: the place of an element in a ``HandleTable``, and which of the
/// elements that were ever in that place it means.
///
/// It is one word, may be copied and sent to any context, and keeps nothing alive.
public struct Handle<Element: ~Copyable>: Sendable {
  /// The slot in the lower 24 bits, its generation in the 40 above: fit for an event's user data.
  public let rawValue: UInt64

  /// Makes a handle from the `rawValue` of another one. One that no table gave is stale there.
  @inlinable
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  @inlinable
  init(slot: Int, generation: UInt64) {
    rawValue = generation << 24 | UInt64(truncatingIfNeeded: slot)
  }

  /// The slot, 0 up to 2^24 - 1. Stable while the element lives; a table beside this one may use it.
  @inlinable
  public var slot: Int { Int(truncatingIfNeeded: rawValue & 0xFF_FFFF) }

  @inlinable
  var generation: UInt64 { rawValue >> 24 }
}

extension Handle: Equatable where Element: ~Copyable {
  /// Whether both mean the same element.
  @inlinable
  public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
}

extension Handle: Hashable where Element: ~Copyable {
  /// Feeds the handle's one word to the hasher.
  @inlinable
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
