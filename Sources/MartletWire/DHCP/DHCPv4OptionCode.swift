/// Which option of a DHCP message (RFC 2132).
public struct DHCPv4OptionCode: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number on the wire; 0 is padding and 255 the end.
  public let rawValue: UInt8
  /// Takes the number on the wire.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Subnet mask.
  @inlinable public static var subnetMask: Self { Self(rawValue: 1) }
  /// Routers, the preferred first.
  @inlinable public static var routers: Self { Self(rawValue: 3) }
  /// Domain name servers, the preferred first.
  @inlinable public static var domainNameServers: Self { Self(rawValue: 6) }
  /// The client's name.
  @inlinable public static var hostName: Self { Self(rawValue: 12) }
  /// The domain to complete names with.
  @inlinable public static var domainName: Self { Self(rawValue: 15) }
  /// The MTU of the interface.
  @inlinable public static var interfaceMTU: Self { Self(rawValue: 26) }
  /// The subnet's broadcast address.
  @inlinable public static var broadcastAddress: Self { Self(rawValue: 28) }
  /// The address that the client asks for.
  @inlinable public static var requestedAddress: Self { Self(rawValue: 50) }
  /// The lease in seconds.
  @inlinable public static var leaseTime: Self { Self(rawValue: 51) }
  /// Whether `file` and `sname` hold options too.
  @inlinable public static var overload: Self { Self(rawValue: 52) }
  /// What the message says.
  @inlinable public static var messageType: Self { Self(rawValue: 53) }
  /// The server that offers or is chosen.
  @inlinable public static var serverIdentifier: Self { Self(rawValue: 54) }
  /// The options that the client wants.
  @inlinable public static var parameterRequestList: Self { Self(rawValue: 55) }
  /// Why a server refuses, for people.
  @inlinable public static var message: Self { Self(rawValue: 56) }
  /// The longest message that the client takes, in bytes.
  @inlinable public static var maximumMessageSize: Self { Self(rawValue: 57) }
  /// T1: seconds until the client renews.
  @inlinable public static var renewalTime: Self { Self(rawValue: 58) }
  /// T2: seconds until the client rebinds.
  @inlinable public static var rebindingTime: Self { Self(rawValue: 59) }
  /// Who the client is, if not its hardware address.
  @inlinable public static var clientIdentifier: Self { Self(rawValue: 61) }
  /// Routes with prefixes (RFC 3442), which replace `routers`.
  @inlinable public static var classlessRoutes: Self { Self(rawValue: 121) }
}
