internal import MartletFlow

/// A word that stands for demands on the EtherType and the protocol: `tcp`.
struct Shorthand {
  let name: String
  let etherType: UInt16?
  let ipProtocol: UInt8?

  static let all: [Shorthand] = [
    Shorthand(name: "eth", etherType: nil, ipProtocol: nil),
    Shorthand(name: "ip", etherType: 0x0800, ipProtocol: nil),
    Shorthand(name: "ipv6", etherType: 0x86dd, ipProtocol: nil),
    Shorthand(name: "ip6", etherType: 0x86dd, ipProtocol: nil),
    Shorthand(name: "arp", etherType: 0x0806, ipProtocol: nil),
    Shorthand(name: "rarp", etherType: 0x8035, ipProtocol: nil),
    Shorthand(name: "mpls", etherType: 0x8847, ipProtocol: nil),
    Shorthand(name: "mplsm", etherType: 0x8848, ipProtocol: nil),
    Shorthand(name: "icmp", etherType: 0x0800, ipProtocol: 1),
    Shorthand(name: "tcp", etherType: 0x0800, ipProtocol: 6),
    Shorthand(name: "udp", etherType: 0x0800, ipProtocol: 17),
    Shorthand(name: "sctp", etherType: 0x0800, ipProtocol: 132),
    Shorthand(name: "icmp6", etherType: 0x86dd, ipProtocol: 58),
    Shorthand(name: "tcp6", etherType: 0x86dd, ipProtocol: 6),
    Shorthand(name: "udp6", etherType: 0x86dd, ipProtocol: 17),
    Shorthand(name: "sctp6", etherType: 0x86dd, ipProtocol: 132),
  ]

  static func find(_ name: Substring) -> Shorthand? { all.first { $0.name == name } }

  /// The one that says most of a match.
  static func of(_ match: FlowMatch) -> Shorthand? {
    guard let type = match.exact(.etherType) else { return nil }
    let proto = match.exact(.ipProtocol).map { UInt8(truncatingIfNeeded: $0) }
    let fitting = all.filter { $0.etherType == UInt16(truncatingIfNeeded: type) }
    if let proto, let best = fitting.first(where: { $0.ipProtocol == proto }) { return best }
    return fitting.first { $0.ipProtocol == nil }
  }
}
