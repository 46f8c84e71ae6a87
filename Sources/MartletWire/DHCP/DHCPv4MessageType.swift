/// What a DHCP message says (RFC 2132, section 9.6).
public struct DHCPv4MessageType: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number on the wire.
  public let rawValue: UInt8
  /// Takes the number on the wire.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// DHCPDISCOVER.
  @inlinable public static var discover: Self { Self(rawValue: 1) }
  /// DHCPOFFER.
  @inlinable public static var offer: Self { Self(rawValue: 2) }
  /// DHCPREQUEST.
  @inlinable public static var request: Self { Self(rawValue: 3) }
  /// DHCPDECLINE.
  @inlinable public static var decline: Self { Self(rawValue: 4) }
  /// DHCPACK.
  @inlinable public static var acknowledge: Self { Self(rawValue: 5) }
  /// DHCPNAK.
  @inlinable public static var refuse: Self { Self(rawValue: 6) }
  /// DHCPRELEASE.
  @inlinable public static var release: Self { Self(rawValue: 7) }
  /// DHCPINFORM.
  @inlinable public static var inform: Self { Self(rawValue: 8) }
}
