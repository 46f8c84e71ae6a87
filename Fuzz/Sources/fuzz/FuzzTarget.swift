/// A parser that is fed with bytes by chance. It must not trap, and what it says of the bytes must
/// hold: `check` traps when it does not.
enum FuzzTarget: String, CaseIterable {
  // MartletWire
  case ethernet, arp, ipv4, icmp, igmp, gre, udp, tcp, dhcp, dns, checksum
  case ipv6, icmpv6, vxlan, mpls, sctp
  // MartletFlow
  case forward, track, probe
  // MartletDissect
  case packet, capture, filter
  // MartletHTTP
  case request, json, form
  // MartletDWN
  case advert, hub, node

  func run(_ bytes: RawSpan) {
    switch self {
    case .ethernet: Self.ethernet(bytes)
    case .arp: Self.arp(bytes)
    case .ipv4: Self.ipv4(bytes)
    case .icmp: Self.icmp(bytes)
    case .igmp: Self.igmp(bytes)
    case .gre: Self.gre(bytes)
    case .udp: Self.udp(bytes)
    case .tcp: Self.tcp(bytes)
    case .dhcp: Self.dhcp(bytes)
    case .dns: Self.dns(bytes)
    case .checksum: Self.checksum(bytes)
    case .ipv6: Self.ipv6(bytes)
    case .icmpv6: Self.icmpv6(bytes)
    case .vxlan: Self.vxlan(bytes)
    case .mpls: Self.mpls(bytes)
    case .sctp: Self.sctp(bytes)
    case .forward: Self.forward(bytes)
    case .track: Self.track(bytes)
    case .probe: Self.probe(bytes)
    case .packet: Self.packet(bytes)
    case .capture: Self.capture(bytes)
    case .filter: Self.filter(bytes)
    case .request: Self.request(bytes)
    case .json: Self.json(bytes)
    case .form: Self.form(bytes)
    case .advert: Self.advert(bytes)
    case .hub: Self.hub(bytes)
    case .node: Self.node(bytes)
    }
  }
}

/// Traps when what must hold does not: libFuzzer keeps the input.
func check(_ condition: Bool, _ what: StaticString) {
  guard !condition else { return }
  fatalError("\(what)")
}
