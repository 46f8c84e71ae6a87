/// What an IP packet carries (IANA protocol numbers).
public struct IPProtocol: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number on the wire.
  public let rawValue: UInt8
  /// Takes the number on the wire.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Internet Control Message Protocol for IPv4.
  @inlinable public static var icmp: Self { Self(rawValue: 1) }
  /// Internet Group Management Protocol.
  @inlinable public static var igmp: Self { Self(rawValue: 2) }
  /// Transmission Control Protocol.
  @inlinable public static var tcp: Self { Self(rawValue: 6) }
  /// User Datagram Protocol.
  @inlinable public static var udp: Self { Self(rawValue: 17) }
  /// Generic Routing Encapsulation.
  @inlinable public static var gre: Self { Self(rawValue: 47) }
  /// ICMP for IPv6.
  @inlinable public static var icmpv6: Self { Self(rawValue: 58) }
  /// Stream Control Transmission Protocol.
  @inlinable public static var sctp: Self { Self(rawValue: 132) }
}
