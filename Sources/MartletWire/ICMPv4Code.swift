/// What kind of a type's message an ICMP message is. The same number means another thing under
/// another type.
public struct ICMPv4Code: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number on the wire.
  public let rawValue: UInt8
  /// Takes the number on the wire.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The only code of a type that has one.
  @inlinable public static var none: Self { Self(rawValue: 0) }

  // Destination unreachable
  /// Network unreachable.
  @inlinable public static var networkUnreachable: Self { Self(rawValue: 0) }
  /// Host unreachable.
  @inlinable public static var hostUnreachable: Self { Self(rawValue: 1) }
  /// Protocol unreachable.
  @inlinable public static var protocolUnreachable: Self { Self(rawValue: 2) }
  /// Port unreachable.
  @inlinable public static var portUnreachable: Self { Self(rawValue: 3) }
  /// Fragmentation needed and DF set; the message carries the next hop's MTU (RFC 1191).
  @inlinable public static var fragmentationNeeded: Self { Self(rawValue: 4) }
  /// Source route failed.
  @inlinable public static var sourceRouteFailed: Self { Self(rawValue: 5) }
  /// Destination network unknown.
  @inlinable public static var networkUnknown: Self { Self(rawValue: 6) }
  /// Destination host unknown.
  @inlinable public static var hostUnknown: Self { Self(rawValue: 7) }
  /// Network administratively prohibited.
  @inlinable public static var networkProhibited: Self { Self(rawValue: 9) }
  /// Host administratively prohibited.
  @inlinable public static var hostProhibited: Self { Self(rawValue: 10) }
  /// Communication administratively prohibited (RFC 1812).
  @inlinable public static var prohibited: Self { Self(rawValue: 13) }

  // Redirect
  /// For the destination's network.
  @inlinable public static var forNetwork: Self { Self(rawValue: 0) }
  /// For the destination alone.
  @inlinable public static var forHost: Self { Self(rawValue: 1) }

  // Time exceeded
  /// Time to live exceeded in transit.
  @inlinable public static var timeToLiveExceeded: Self { Self(rawValue: 0) }
  /// Fragment reassembly time exceeded.
  @inlinable public static var reassemblyTimeExceeded: Self { Self(rawValue: 1) }
}
