/// An IPv4 address (RFC 791).
public struct IPv4Address: Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The address as a number: `192.0.2.1` is `0xC000_0201`.
  public let rawValue: UInt32

  /// Takes the address as a number.
  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Takes the four numbers of the dotted form.
  @inlinable
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    self.rawValue = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
  }

  /// `0.0.0.0`: "any" when binding, "none yet" as a source.
  @inlinable public static var unspecified: Self { Self(rawValue: 0) }
  /// `255.255.255.255`, the limited broadcast.
  @inlinable public static var broadcast: Self { Self(rawValue: 0xFFFF_FFFF) }
  /// `127.0.0.1`.
  @inlinable public static var loopback: Self { Self(127, 0, 0, 1) }

  /// Whether it is `0.0.0.0`.
  @inlinable public var isUnspecified: Bool { rawValue == 0 }
  /// Whether it is the limited broadcast. A subnet's broadcast is `IPv4Prefix`'s to know.
  @inlinable public var isBroadcast: Bool { rawValue == 0xFFFF_FFFF }
  /// Whether it lies in 224.0.0.0/4.
  @inlinable public var isMulticast: Bool { rawValue >> 28 == 0xE }
  /// Whether it lies in 127.0.0.0/8.
  @inlinable public var isLoopback: Bool { rawValue >> 24 == 127 }
  /// Whether it lies in 169.254.0.0/16.
  @inlinable public var isLinkLocal: Bool { rawValue >> 16 == 0xA9FE }
  /// Whether one host could own it: not 0.0.0.0/8, a group, class E or the limited broadcast.
  @inlinable public var isUnicast: Bool {
    let first = rawValue >> 24
    return first != 0 && first < 224
  }
  /// The Ethernet group that carries a multicast address (RFC 1112, section 6.4).
  @inlinable public var multicastMACAddress: MACAddress {
    MACAddress(rawValue: 0x0100_5E00_0000 | UInt64(rawValue & 0x7F_FFFF))
  }
}

extension RawSpan {
  /// Loads four bytes as an address; traps outside the span.
  @inlinable
  public func loadIPv4Address(at offset: Int) -> IPv4Address {
    IPv4Address(rawValue: load(at: offset))
  }
}

extension MutableRawSpan {
  /// Stores the four bytes of an address; traps outside the span.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func store(_ address: IPv4Address, at offset: Int) {
    store(address.rawValue, at: offset)
  }
}
