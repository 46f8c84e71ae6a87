/// What an IP packet carries (IANA protocol numbers).
public struct IPProtocol: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number on the wire.
  public let rawValue: UInt8
  /// Takes the number on the wire.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// IPv6 options for every hop (RFC 8200, section 4.3).
  @inlinable public static var hopByHop: Self { Self(rawValue: 0) }
  /// Internet Control Message Protocol for IPv4.
  @inlinable public static var icmp: Self { Self(rawValue: 1) }
  /// Internet Group Management Protocol.
  @inlinable public static var igmp: Self { Self(rawValue: 2) }
  /// Transmission Control Protocol.
  @inlinable public static var tcp: Self { Self(rawValue: 6) }
  /// User Datagram Protocol.
  @inlinable public static var udp: Self { Self(rawValue: 17) }
  /// IPv6 routing header (RFC 8200, section 4.4).
  @inlinable public static var routing: Self { Self(rawValue: 43) }
  /// IPv6 fragment header (RFC 8200, section 4.5).
  @inlinable public static var fragment: Self { Self(rawValue: 44) }
  /// Generic Routing Encapsulation.
  @inlinable public static var gre: Self { Self(rawValue: 47) }
  /// IPsec: Encapsulating Security Payload (RFC 4303).
  @inlinable public static var encapsulatingSecurity: Self { Self(rawValue: 50) }
  /// IPsec: Authentication Header (RFC 4302).
  @inlinable public static var authentication: Self { Self(rawValue: 51) }
  /// ICMP for IPv6.
  @inlinable public static var icmpv6: Self { Self(rawValue: 58) }
  /// Nothing follows (RFC 8200, section 4.7).
  @inlinable public static var noNextHeader: Self { Self(rawValue: 59) }
  /// IPv6 options for the destination (RFC 8200, section 4.6).
  @inlinable public static var destinationOptions: Self { Self(rawValue: 60) }
  /// Stream Control Transmission Protocol.
  @inlinable public static var sctp: Self { Self(rawValue: 132) }
}
