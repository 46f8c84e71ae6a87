internal import MartletWire

/// The protocols that a filter can name.
enum ProtocolName: String, CaseIterable, Sendable {
  case ip, ip6, arp, rarp, icmp, igmp, tcp, udp, gre, vlan, dns, dhcp

  /// Whether a packet is of it.
  func matches(_ fields: PacketFields) -> Bool {
    switch self {
    case .ip: fields.etherType == .ipv4
    case .ip6: fields.etherType == .ipv6
    case .arp: fields.etherType == .arp
    case .rarp: fields.etherType == .rarp
    case .icmp: fields.payloadProtocol == .icmp
    case .igmp: fields.payloadProtocol == .igmp
    case .tcp: fields.payloadProtocol == .tcp
    case .udp: fields.payloadProtocol == .udp
    case .gre: fields.payloadProtocol == .gre
    case .vlan: !fields.vlans.isEmpty
    case .dns: Self.uses(fields, 53...53) || Self.uses(fields, 5353...5353)
    case .dhcp: fields.payloadProtocol == .udp && Self.uses(fields, 67...68)
    }
  }

  private static func uses(_ fields: PacketFields, _ ports: ClosedRange<UInt16>) -> Bool {
    guard let source = fields.sourcePort, let destination = fields.destinationPort else {
      return false
    }
    return ports.contains(source) || ports.contains(destination)
  }
}
