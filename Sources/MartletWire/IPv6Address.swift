/// An IPv6 address (RFC 4291).
public struct IPv6Address: Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The first eight bytes as a number: the prefix, where it has 64 bits.
  public let high: UInt64
  /// The last eight bytes as a number: the interface identifier, where it has 64 bits.
  public let low: UInt64

  /// Takes both halves as numbers.
  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// `::`.
  @inlinable public static var unspecified: Self { Self(high: 0, low: 0) }
  /// `::1`.
  @inlinable public static var loopback: Self { Self(high: 0, low: 1) }
  /// `ff02::1`, all nodes of the link.
  @inlinable public static var allNodes: Self { Self(high: 0xFF02 << 48, low: 1) }
  /// `ff02::2`, all routers of the link.
  @inlinable public static var allRouters: Self { Self(high: 0xFF02 << 48, low: 2) }

  /// Whether it is `::`.
  @inlinable public var isUnspecified: Bool { high | low == 0 }
  /// Whether it lies in `ff00::/8`.
  @inlinable public var isMulticast: Bool { high >> 56 == 0xFF }
  /// Whether it lies in `fe80::/10`.
  @inlinable public var isLinkLocal: Bool { high >> 54 == 0xFE80 >> 6 }

  /// The multicast group in which the address' owner listens for solicitations: `ff02::1:ff` and
  /// the last 24 bits (RFC 4291, section 2.7.1).
  @inlinable public var solicitedNode: IPv6Address {
    IPv6Address(high: 0xFF02 << 48, low: 0x1_FF00_0000 | low & 0xFF_FFFF)
  }
}

extension RawSpan {
  /// Loads sixteen bytes as an address; traps outside the span.
  @inlinable
  public func loadIPv6Address(at offset: Int) -> IPv6Address {
    IPv6Address(high: load(at: offset), low: load(at: offset + 8))
  }
}

extension MutableRawSpan {
  /// Stores the sixteen bytes of an address; traps outside the span.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func store(_ address: IPv6Address, at offset: Int) {
    store(address.high, at: offset)
    store(address.low, at: offset + 8)
  }
}
