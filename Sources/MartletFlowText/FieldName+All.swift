internal import MartletFlow

extension FieldName {
  /// All fields in the order in which flows are printed.
  static let all: [FieldName] =
    registers + tracking + [
      FieldName(.packetMark, "pkt_mark", "NXM_NX_PKT_MARK", .hexadecimal),
      FieldName(.conjunctionID, "conj_id", "NXM_NX_CONJ_ID", .decimal),
      FieldName(
        .tunnelID, "tun_id", "NXM_NX_TUN_ID", .hexadecimal,
        aliases: ["tunnel_id", "OXM_OF_TUNNEL_ID"]),
      FieldName(.tunnelSource, "tun_src", "NXM_NX_TUN_IPV4_SRC", .ipv4),
      FieldName(.tunnelDestination, "tun_dst", "NXM_NX_TUN_IPV4_DST", .ipv4),
      FieldName(.metadata, "metadata", "OXM_OF_METADATA", .hexadecimal),
      FieldName(
        .inPort, "in_port", "NXM_OF_IN_PORT", .port, aliases: ["in_port_oxm", "OXM_OF_IN_PORT"]),
    ] + ethernet + internet + neighbours + transport

  private static let registers: [FieldName] = (0..<16).compactMap { number in
    Field.register(number).map {
      FieldName($0, "reg\(number)", "NXM_NX_REG\(number)", .hexadecimal)
    }
  }

  private static let tracking: [FieldName] = [
    FieldName(.trackState, "ct_state", "NXM_NX_CT_STATE", .trackState),
    FieldName(.trackZone, "ct_zone", "NXM_NX_CT_ZONE", .decimal),
    FieldName(.trackMark, "ct_mark", "NXM_NX_CT_MARK", .hexadecimal),
    FieldName(.trackLabel, "ct_label", "NXM_NX_CT_LABEL", .hexadecimal),
  ]

  private static let ethernet: [FieldName] = [
    FieldName(.vlanTCI, "vlan_tci", "NXM_OF_VLAN_TCI", .hexadecimal),
    FieldName(.vlanID, "vlan_vid", "OXM_OF_VLAN_VID", .decimal),
    FieldName(.vlanPriority, "vlan_pcp", "OXM_OF_VLAN_PCP", .decimal),
    FieldName(
      .ethernetSource, "dl_src", "NXM_OF_ETH_SRC", .mac, aliases: ["eth_src", "OXM_OF_ETH_SRC"]),
    FieldName(
      .ethernetDestination, "dl_dst", "NXM_OF_ETH_DST", .mac,
      aliases: ["eth_dst", "OXM_OF_ETH_DST"]),
    FieldName(
      .etherType, "dl_type", "NXM_OF_ETH_TYPE", .hexadecimal,
      aliases: ["eth_type", "OXM_OF_ETH_TYPE"]),
    FieldName(.mplsLabel, "mpls_label", "OXM_OF_MPLS_LABEL", .decimal),
    FieldName(.mplsTrafficClass, "mpls_tc", "OXM_OF_MPLS_TC", .decimal),
    FieldName(.mplsBottom, "mpls_bos", "OXM_OF_MPLS_BOS", .decimal),
    FieldName(.mplsTTL, "mpls_ttl", "NXM_NX_MPLS_TTL", .decimal),
  ]

  private static let internet: [FieldName] = [
    FieldName(
      .ipv4Source, "nw_src", "NXM_OF_IP_SRC", .ipv4, aliases: ["ip_src", "OXM_OF_IPV4_SRC"]),
    FieldName(
      .ipv4Destination, "nw_dst", "NXM_OF_IP_DST", .ipv4, aliases: ["ip_dst", "OXM_OF_IPV4_DST"]),
    FieldName(.ipv6Source, "ipv6_src", "NXM_NX_IPV6_SRC", .ipv6, aliases: ["OXM_OF_IPV6_SRC"]),
    FieldName(.ipv6Destination, "ipv6_dst", "NXM_NX_IPV6_DST", .ipv6, aliases: ["OXM_OF_IPV6_DST"]),
    FieldName(
      .ipv6FlowLabel, "ipv6_label", "NXM_NX_IPV6_LABEL", .hexadecimal,
      aliases: ["OXM_OF_IPV6_FLABEL"]),
    FieldName(.ipv6ExtensionHeaders, "ipv6_exthdr", "OXM_OF_IPV6_EXTHDR", .hexadecimal),
    FieldName(.arpSenderAddress, "arp_spa", "NXM_OF_ARP_SPA", .ipv4, aliases: ["OXM_OF_ARP_SPA"]),
    FieldName(.arpTargetAddress, "arp_tpa", "NXM_OF_ARP_TPA", .ipv4, aliases: ["OXM_OF_ARP_TPA"]),
    FieldName(
      .ipProtocol, "nw_proto", "NXM_OF_IP_PROTO", .decimal,
      aliases: ["ip_proto", "OXM_OF_IP_PROTO"]),
    FieldName(.ipDSCP, "ip_dscp", "OXM_OF_IP_DSCP", .decimal),
    FieldName(.ipECN, "nw_ecn", "NXM_NX_IP_ECN", .decimal, aliases: ["ip_ecn", "OXM_OF_IP_ECN"]),
    FieldName(.ipTTL, "nw_ttl", "NXM_NX_IP_TTL", .decimal),
    FieldName(.ipFragment, "nw_frag", "NXM_NX_IP_FRAG", .fragment, aliases: ["ip_frag"]),
  ]

  private static let neighbours: [FieldName] = [
    FieldName(.arpOperation, "arp_op", "NXM_OF_ARP_OP", .decimal, aliases: ["OXM_OF_ARP_OP"]),
    FieldName(.arpSenderMAC, "arp_sha", "NXM_NX_ARP_SHA", .mac, aliases: ["OXM_OF_ARP_SHA"]),
    FieldName(.arpTargetMAC, "arp_tha", "NXM_NX_ARP_THA", .mac, aliases: ["OXM_OF_ARP_THA"]),
    FieldName(
      .ndTarget, "nd_target", "NXM_NX_ND_TARGET", .ipv6, aliases: ["OXM_OF_IPV6_ND_TARGET"]),
    FieldName(.ndSourceMAC, "nd_sll", "NXM_NX_ND_SLL", .mac, aliases: ["OXM_OF_IPV6_ND_SLL"]),
    FieldName(.ndTargetMAC, "nd_tll", "NXM_NX_ND_TLL", .mac, aliases: ["OXM_OF_IPV6_ND_TLL"]),
  ]

  private static let transport: [FieldName] = [
    FieldName(
      .transportSource, "tp_src", "NXM_OF_TCP_SRC", .decimal,
      aliases: [
        "tcp_src", "udp_src", "sctp_src", "NXM_OF_UDP_SRC", "OXM_OF_TCP_SRC", "OXM_OF_UDP_SRC",
        "OXM_OF_SCTP_SRC",
      ]),
    FieldName(
      .transportDestination, "tp_dst", "NXM_OF_TCP_DST", .decimal,
      aliases: [
        "tcp_dst", "udp_dst", "sctp_dst", "NXM_OF_UDP_DST", "OXM_OF_TCP_DST", "OXM_OF_UDP_DST",
        "OXM_OF_SCTP_DST",
      ]),
    FieldName(.tcpFlags, "tcp_flags", "NXM_NX_TCP_FLAGS", .tcpFlags),
    FieldName(
      .icmpType, "icmp_type", "NXM_OF_ICMP_TYPE", .decimal, aliases: ["OXM_OF_ICMPV4_TYPE"]),
    FieldName(
      .icmpCode, "icmp_code", "NXM_OF_ICMP_CODE", .decimal, aliases: ["OXM_OF_ICMPV4_CODE"]),
    FieldName(
      .icmpv6Type, "icmpv6_type", "NXM_NX_ICMPV6_TYPE", .decimal, aliases: ["OXM_OF_ICMPV6_TYPE"]),
    FieldName(
      .icmpv6Code, "icmpv6_code", "NXM_NX_ICMPV6_CODE", .decimal, aliases: ["OXM_OF_ICMPV6_CODE"]),
  ]
}
