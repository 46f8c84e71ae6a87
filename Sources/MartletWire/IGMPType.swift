/// What an IGMP message says.
public struct IGMPType: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number on the wire.
  public let rawValue: UInt8
  /// Takes the number on the wire.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A router asks who is in a group; the unspecified group asks for all.
  @inlinable public static var membershipQuery: Self { Self(rawValue: 0x11) }
  /// A host of version 1 is in a group (RFC 1112).
  @inlinable public static var version1Report: Self { Self(rawValue: 0x12) }
  /// A host is in a group.
  @inlinable public static var membershipReport: Self { Self(rawValue: 0x16) }
  /// A host has left a group.
  @inlinable public static var leaveGroup: Self { Self(rawValue: 0x17) }
  /// A host of version 3 reports, in another format (RFC 3376).
  @inlinable public static var version3Report: Self { Self(rawValue: 0x22) }
}
