internal import MartletFlow

extension FieldCode {
  /// Which of the two families of fields is preferred where both have one.
  enum Family: Sendable { case nicira, openFlow }

  /// How a field is written, for frames of an IP protocol; `nil` where neither family has it.
  static func choose(_ field: Field, _ family: Family, ipProtocol: UInt8?) -> FieldCode? {
    let candidates = (family == .openFlow ? inOpenFlow : inNicira)[Int(field.rawValue)]
    guard candidates.count > 1 else { return candidates.first }
    let wanted: Prerequisite =
      switch ipProtocol {
      case 17?: .udp
      case 132?: .sctp
      default: .tcp
      }
    return candidates.first { $0.prerequisite == wanted } ?? candidates.first
  }

  private static let inOpenFlow = Field.allCases.map { candidates($0, openFlow, nicira) }
  private static let inNicira = Field.allCases.map { candidates($0, nicira, openFlow) }

  private static func candidates(
    _ field: Field, _ first: [FieldCode], _ second: [FieldCode]
  ) -> [FieldCode] {
    let found = first.filter { $0.field == field }
    // Only OpenFlow has SCTP's ports; the two ports of entry are one.
    let others = second.filter { code in
      code.field == field && !found.contains { $0.prerequisite == code.prerequisite }
    }
    if field == .inPort { return Array(found.prefix(1)) }
    return found + others
  }

  /// Whether a match has what this field needs.
  func isAllowed(in match: borrowing FlowMatch) -> Bool {
    let type = match.exact(.etherType)
    let number = match.exact(.ipProtocol)
    let isIP = type == 0x0800 || type == 0x86dd
    func discovers(_ types: UInt128...) -> Bool {
      guard type == 0x86dd, number == 58, let icmp = match.exact(.icmpv6Type) else { return false }
      return types.contains(icmp)
    }
    switch prerequisite {
    case .none: return true
    case .vlan:
      return match[.vlanID].map { $0.value & 0x1000 != 0 && $0.mask & 0x1000 != 0 } ?? false
    case .ipv4: return type == 0x0800
    case .ipv6: return type == 0x86dd
    case .ip: return isIP
    case .arp: return type == 0x0806 || type == 0x8035
    case .mpls: return type == 0x8847 || type == 0x8848
    case .tcp: return isIP && number == 6
    case .udp: return isIP && number == 17
    case .sctp: return isIP && number == 132
    case .icmpv4: return type == 0x0800 && number == 1
    case .icmpv6: return type == 0x86dd && number == 58
    case .solicitation: return discovers(135)
    case .advertisement: return discovers(136)
    case .discovery: return discovers(135, 136)
    }
  }
}
