/// A 48-bit IEEE 802 address.
public struct MACAddress: Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The address in the low 48 bits, its first byte on the wire the most significant.
  public let rawValue: UInt64

  /// Takes the low 48 bits of `rawValue`.
  @inlinable
  public init(rawValue: UInt64) { self.rawValue = rawValue & 0xFFFF_FFFF_FFFF }

  /// Takes the six bytes in the order in which they are written and sent.
  @inlinable
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ e: UInt8, _ f: UInt8) {
    let high = UInt64(a) << 40 | UInt64(b) << 32 | UInt64(c) << 24
    self.rawValue = high | UInt64(d) << 16 | UInt64(e) << 8 | UInt64(f)
  }

  /// `ff:ff:ff:ff:ff:ff`.
  @inlinable public static var broadcast: Self { Self(rawValue: 0xFFFF_FFFF_FFFF) }
  /// `00:00:00:00:00:00`, which names nobody.
  @inlinable public static var zero: Self { Self(rawValue: 0) }

  /// Whether the group bit is set: multicast and broadcast.
  @inlinable public var isMulticast: Bool { rawValue & 0x0100_0000_0000 != 0 }
  /// Whether all bits are set.
  @inlinable public var isBroadcast: Bool { self == .broadcast }
  /// Whether it may be a card's own address: neither zero nor a group.
  @inlinable public var isUnicast: Bool { !isMulticast && rawValue != 0 }
}

extension RawSpan {
  /// Loads six bytes as an address; traps outside the span.
  @inlinable
  public func loadMACAddress(at offset: Int) -> MACAddress {
    let high = UInt64(load(UInt16.self, at: offset))
    return MACAddress(rawValue: high << 32 | UInt64(load(UInt32.self, at: offset + 2)))
  }
}

extension MutableRawSpan {
  /// Stores the six bytes of an address; traps outside the span.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func store(_ address: MACAddress, at offset: Int) {
    store(UInt16(truncatingIfNeeded: address.rawValue >> 32), at: offset)
    store(UInt32(truncatingIfNeeded: address.rawValue), at: offset + 2)
  }
}
