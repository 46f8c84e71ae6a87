/// What an Ethernet frame carries.
public struct EtherType: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The number on the wire; below 0x0600 it is a length of IEEE 802.3 instead.
  public let rawValue: UInt16
  /// Takes the number on the wire.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Internet Protocol, version 4.
  @inlinable public static var ipv4: Self { Self(rawValue: 0x0800) }
  /// Address Resolution Protocol.
  @inlinable public static var arp: Self { Self(rawValue: 0x0806) }
  /// Reverse ARP (RFC 903).
  @inlinable public static var rarp: Self { Self(rawValue: 0x8035) }
  /// 802.1Q customer tag.
  @inlinable public static var vlan: Self { Self(rawValue: 0x8100) }
  /// 802.1ad service tag.
  @inlinable public static var serviceVLAN: Self { Self(rawValue: 0x88A8) }
  /// Internet Protocol, version 6.
  @inlinable public static var ipv6: Self { Self(rawValue: 0x86DD) }
  /// MPLS unicast.
  @inlinable public static var mpls: Self { Self(rawValue: 0x8847) }
  /// MPLS multicast (RFC 5332: with an upstream-assigned label).
  @inlinable public static var mplsMulticast: Self { Self(rawValue: 0x8848) }
  /// Ethernet inside GRE (transparent Ethernet bridging).
  @inlinable public static var transparentEthernet: Self { Self(rawValue: 0x6558) }
  /// Link Layer Discovery Protocol.
  @inlinable public static var lldp: Self { Self(rawValue: 0x88CC) }
}
