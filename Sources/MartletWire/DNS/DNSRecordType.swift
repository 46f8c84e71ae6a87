/// What a DNS record holds, or a question asks for (RFC 1035, section 3.2.2).
public struct DNSRecordType: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number on the wire.
  public let rawValue: UInt16
  /// Takes the number on the wire.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// An IPv4 address.
  @inlinable public static var a: Self { Self(rawValue: 1) }
  /// A name server of the zone.
  @inlinable public static var ns: Self { Self(rawValue: 2) }
  /// The canonical name of an alias.
  @inlinable public static var cname: Self { Self(rawValue: 5) }
  /// The start of a zone of authority.
  @inlinable public static var soa: Self { Self(rawValue: 6) }
  /// The name that an address, or a service, points to.
  @inlinable public static var ptr: Self { Self(rawValue: 12) }
  /// A mail exchange.
  @inlinable public static var mx: Self { Self(rawValue: 15) }
  /// Text strings.
  @inlinable public static var txt: Self { Self(rawValue: 16) }
  /// An IPv6 address (RFC 3596).
  @inlinable public static var aaaa: Self { Self(rawValue: 28) }
  /// Where a service is (RFC 2782).
  @inlinable public static var srv: Self { Self(rawValue: 33) }
  /// Extensions of the message (EDNS, RFC 6891).
  @inlinable public static var opt: Self { Self(rawValue: 41) }
  /// In questions: every type.
  @inlinable public static var any: Self { Self(rawValue: 255) }
}
