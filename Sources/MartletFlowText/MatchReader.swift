internal import MartletFlow

/// Gathers the demands of a match word by word, then looks whether they make sense together.
struct MatchReader {
  private(set) var match = FlowMatch()
  private let ports: PortNames
  /// The words that said something of a field, for errors.
  private var words: [(field: Field, word: String)] = []

  init(ports: PortNames) { self.ports = ports }

  /// Takes a word; false where it is no demand on a field.
  mutating func take(_ word: FlowWord) throws(FlowTextError) -> Bool {
    if word.joint == .none {
      guard let shorthand = Shorthand.find(word.key) else { return false }
      if let type = shorthand.etherType { try demand(.etherType, exactly: UInt128(type), word) }
      if let proto = shorthand.ipProtocol { try demand(.ipProtocol, exactly: UInt128(proto), word) }
      return true
    }
    guard word.joint == .sign else { return false }
    if try takeOld(word) { return true }
    guard let name = FieldName.find(word.key) else { return false }
    let number = try FieldValue.parse(word.value, of: name, ports, in: word.text)
    try demand(name.field, number, word)
    return true
  }

  /// The match, once all its demands are there.
  func finished() throws(FlowTextError) -> FlowMatch {
    for (field, word) in words { try check(field, word) }
    return match
  }

  // MARK: Words of OpenFlow 1.0

  /// Words whose values are not those of a field.
  private mutating func takeOld(_ word: FlowWord) throws(FlowTextError) -> Bool {
    let text = word.text
    switch word.key {
    case "dl_vlan":
      if word.value == "*" { return true }
      let vlan: UInt16 = try FlowNumber.parse(word.value, of: text)
      if vlan == 0xffff {
        try demand(.vlanTCI, exactly: 0, word)
      } else {
        guard vlan < 4096 else {
          throw FlowTextError(text, "expected 0 to 4095, or 0xffff for frames without a tag")
        }
        try demand(.vlanID, exactly: UInt128(vlan | 0x1000), word)
      }
    case "dl_vlan_pcp":
      if word.value == "*" { return true }
      let priority = try FlowNumber.parse(word.value, width: 3, of: text)
      try demand(
        .vlanTCI, MaskedNumber(value: priority << 13 | 0x1000, mask: 0xf000), word)
    case "nw_tos":
      let tos: UInt8 = try FlowNumber.parse(word.value, of: text)
      guard tos & 3 == 0 else {
        throw FlowTextError(text, "the two lowest bits belong to nw_ecn; expected a multiple of 4")
      }
      try demand(.ipDSCP, exactly: UInt128(tos >> 2), word)
    case "icmp_type" where isICMPv6, "icmp_code" where isICMPv6:
      let field: Field = word.key == "icmp_type" ? .icmpv6Type : .icmpv6Code
      let value: UInt8 = try FlowNumber.parse(word.value, of: text)
      try demand(field, exactly: UInt128(value), word)
    default: return false
    }
    return true
  }

  private var isICMPv6: Bool { match.exact(.etherType) == 0x86dd }

  // MARK: Demands

  private mutating func demand(
    _ field: Field, exactly value: UInt128, _ word: FlowWord
  ) throws(FlowTextError) {
    try demand(
      field, MaskedNumber(value: value, mask: MaskedNumber.ones(field.width)), word)
  }

  private mutating func demand(
    _ field: Field, _ number: MaskedNumber, _ word: FlowWord
  ) throws(FlowTextError) {
    if let old = match[field], (old.value ^ number.value) & old.mask & number.mask != 0 {
      throw FlowTextError(
        word.text, "contradicts what was said of \(FieldName.of(field).name) before")
    }
    guard number.mask != 0 else { return }
    match.add(field, number.value, mask: number.mask)
    words.append((field, word.text))
  }

  /// What a field needs beside it. Without, other software drops the demand and takes every frame.
  private func check(_ field: Field, _ word: String) throws(FlowTextError) {
    let type = match.exact(.etherType)
    let proto = match.exact(.ipProtocol)
    let isIP = type == 0x0800 || type == 0x86dd
    let isARP = type == 0x0806 || type == 0x8035
    switch field {
    case .ipv4Source, .ipv4Destination:
      // ARP's addresses were once matched by these words.
      guard type == 0x0800 || isARP else { throw missing(word, "ip") }
    case .ipv6Source, .ipv6Destination, .ipv6FlowLabel, .ipv6ExtensionHeaders:
      guard type == 0x86dd else { throw missing(word, "ipv6") }
    case .ipProtocol:
      guard isIP || isARP else { throw missing(word, "ip or ipv6") }
    case .ipDSCP, .ipECN, .ipTTL, .ipFragment:
      guard isIP else { throw missing(word, "ip or ipv6") }
    case .arpOperation, .arpSenderAddress, .arpTargetAddress, .arpSenderMAC, .arpTargetMAC:
      guard isARP else { throw missing(word, "arp") }
    case .transportSource, .transportDestination:
      guard isIP, proto == 6 || proto == 17 || proto == 132 else {
        throw missing(word, "tcp, udp or sctp")
      }
    case .tcpFlags:
      guard isIP, proto == 6 else { throw missing(word, "tcp") }
    case .icmpType, .icmpCode:
      guard type == 0x0800, proto == 1 else { throw missing(word, "icmp") }
    case .icmpv6Type, .icmpv6Code:
      guard type == 0x86dd, proto == 58 else { throw missing(word, "icmp6") }
    case .ndTarget, .ndSourceMAC, .ndTargetMAC:
      guard type == 0x86dd, proto == 58 else { throw missing(word, "icmp6") }
    case .mplsLabel, .mplsTrafficClass, .mplsBottom, .mplsTTL:
      guard type == 0x8847 || type == 0x8848 else { throw missing(word, "mpls") }
    default: return
    }
  }

  private func missing(_ word: String, _ needed: String) -> FlowTextError {
    FlowTextError(
      word, "needs \(needed) beside it; without, it would say nothing and every frame would match")
  }
}
