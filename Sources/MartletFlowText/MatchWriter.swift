internal import MartletFlow

/// Prints a match as other tools read it.
enum MatchWriter {
  /// The demands with commas between them; empty for every frame.
  static func write(_ match: FlowMatch, _ ports: PortNames) -> String {
    var words: [String] = []
    let shorthand = Shorthand.of(match)
    for name in FieldName.all {
      if name.field == .inPort { write(name, match, ports, into: &words) }
    }
    if let shorthand { words.append(shorthand.name) }
    writeVLAN(match, into: &words)
    for name in FieldName.all where isPrinted(name.field, match, shorthand) {
      write(name, match, ports, into: &words)
    }
    return words.joined(separator: ",")
  }

  private static func write(
    _ name: FieldName, _ match: FlowMatch, _ ports: PortNames, into words: inout [String]
  ) {
    guard let (value, mask) = match[name.field] else { return }
    let number = MaskedNumber(value: value, mask: mask)
    words.append("\(name.name)=\(FieldValue.format(number, of: name, ports))")
  }

  /// Whether a field is printed by itself, and not by a shorthand or a field that has its place.
  private static func isPrinted(
    _ field: Field, _ match: FlowMatch, _ shorthand: Shorthand?
  ) -> Bool {
    let type = match.exact(.etherType)
    let proto = match.exact(.ipProtocol)
    switch field {
    case .inPort, .vlanTCI, .vlanID, .vlanPriority: return false
    case .etherType: return shorthand == nil
    case .ipProtocol: return shorthand?.ipProtocol == nil && type != 0x0806 && type != 0x8035
    case .arpSenderAddress, .arpTargetAddress, .arpSenderMAC, .arpTargetMAC:
      return type == 0x0806 || type == 0x8035
    case .ndSourceMAC, .ndTargetMAC: return type == 0x86dd
    case .ipv4Source, .ipv4Destination: return type != 0x0806 && type != 0x8035
    case .icmpType, .icmpCode: return proto == 1 && type == 0x0800
    case .icmpv6Type, .icmpv6Code: return proto == 58 && type == 0x86dd
    case .transportSource, .transportDestination: return proto != 1 && proto != 58
    default: return true
    }
  }

  private static func writeVLAN(_ match: FlowMatch, into words: inout [String]) {
    guard let (value, mask) = match[.vlanTCI] else { return }
    if mask == 0xffff, value == 0 { return words.append("vlan_tci=0x0000") }
    switch mask {
    case 0x1fff where value & 0x1000 != 0: words.append("dl_vlan=\(value & 0xfff)")
    case 0xf000 where value & 0x1000 != 0: words.append("dl_vlan_pcp=\(value >> 13)")
    case 0xffff where value & 0x1000 != 0:
      words.append("dl_vlan=\(value & 0xfff)")
      words.append("dl_vlan_pcp=\(value >> 13)")
    default:
      words.append("vlan_tci=\(FlowNumber.hex(value))/\(FlowNumber.hex(mask))")
    }
  }
}
