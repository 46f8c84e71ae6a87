internal import MartletFlow

/// How a field is written in a match of OpenFlow 1.2 and later, or of Nicira's: its class, number and size.
struct FieldCode: Sendable {
  /// What a frame must be for it to have the field.
  enum Prerequisite: Sendable {
    case none, vlan, ipv4, ipv6, ip, arp, mpls, tcp, udp, sctp, icmpv4, icmpv6, solicitation
    case advertisement, discovery
  }

  /// 0 and 1 are Nicira's, 0x8000 OpenFlow's, 0x8001 packet registers', 0xffff an experimenter's.
  let group: UInt16
  let number: UInt8
  /// The bytes of its value.
  let size: Int
  let field: Field
  let prerequisite: Prerequisite
  let isMaskable: Bool
  /// How far the field is shifted up in the value (NXM_OF_IP_TOS).
  let shift: UInt128
  /// The bits that it has, where not as many as the field.
  let width: Int

  init(
    _ group: UInt16, _ number: UInt8, _ size: Int, _ field: Field,
    _ prerequisite: Prerequisite = .none, masked: Bool = false, shift: UInt128 = 0
  ) {
    self.group = group
    self.number = number
    self.size = size
    self.field = field
    self.prerequisite = prerequisite
    isMaskable = masked
    self.shift = shift
    width = field.width
  }

  /// The bits of a value that the field has.
  var ones: UInt128 { width == 128 ? .max : (1 << UInt128(width)) - 1 }

  /// The first 16 bits and the number: what a table is searched by.
  var key: UInt32 { Self.key(group, number) }
  static func key(_ group: UInt16, _ number: UInt8) -> UInt32 {
    UInt32(group) << 8 | UInt32(number)
  }

  /// The header as it stands in actions: without a mask.
  var header: UInt32 { UInt32(group) << 16 | UInt32(number) << 9 | UInt32(size) }

  static func find(_ group: UInt16, _ number: UInt8) -> FieldCode? { byKey[key(group, number)] }

  private static let byKey: [UInt32: FieldCode] = {
    var codes: [UInt32: FieldCode] = [:]
    for code in openFlow + nicira + experimental { codes[code.key] = code }
    return codes
  }()

  /// The class of OpenFlow's own fields.
  static let basic: UInt16 = 0x8000
  /// The class of fields with an experimenter's number before the value.
  static let experimenter: UInt16 = 0xffff

  static let experimental = [
    FieldCode(experimenter, 42, 2, .tcpFlags, .tcp, masked: true)
  ]

  static let openFlow = [
    FieldCode(basic, 0, 4, .inPort), FieldCode(basic, 1, 4, .inPort),
    FieldCode(basic, 2, 8, .metadata, masked: true),
    FieldCode(basic, 3, 6, .ethernetDestination, masked: true),
    FieldCode(basic, 4, 6, .ethernetSource, masked: true), FieldCode(basic, 5, 2, .etherType),
    FieldCode(basic, 6, 2, .vlanID, masked: true), FieldCode(basic, 7, 1, .vlanPriority, .vlan),
    FieldCode(basic, 8, 1, .ipDSCP, .ip), FieldCode(basic, 9, 1, .ipECN, .ip),
    FieldCode(basic, 10, 1, .ipProtocol, .ip),
    FieldCode(basic, 11, 4, .ipv4Source, .ipv4, masked: true),
    FieldCode(basic, 12, 4, .ipv4Destination, .ipv4, masked: true),
    FieldCode(basic, 13, 2, .transportSource, .tcp, masked: true),
    FieldCode(basic, 14, 2, .transportDestination, .tcp, masked: true),
    FieldCode(basic, 15, 2, .transportSource, .udp, masked: true),
    FieldCode(basic, 16, 2, .transportDestination, .udp, masked: true),
    FieldCode(basic, 17, 2, .transportSource, .sctp, masked: true),
    FieldCode(basic, 18, 2, .transportDestination, .sctp, masked: true),
    FieldCode(basic, 19, 1, .icmpType, .icmpv4), FieldCode(basic, 20, 1, .icmpCode, .icmpv4),
    FieldCode(basic, 21, 2, .arpOperation, .arp),
    FieldCode(basic, 22, 4, .arpSenderAddress, .arp, masked: true),
    FieldCode(basic, 23, 4, .arpTargetAddress, .arp, masked: true),
    FieldCode(basic, 24, 6, .arpSenderMAC, .arp, masked: true),
    FieldCode(basic, 25, 6, .arpTargetMAC, .arp, masked: true),
    FieldCode(basic, 26, 16, .ipv6Source, .ipv6, masked: true),
    FieldCode(basic, 27, 16, .ipv6Destination, .ipv6, masked: true),
    FieldCode(basic, 28, 4, .ipv6FlowLabel, .ipv6, masked: true),
    FieldCode(basic, 29, 1, .icmpv6Type, .icmpv6), FieldCode(basic, 30, 1, .icmpv6Code, .icmpv6),
    FieldCode(basic, 31, 16, .ndTarget, .discovery, masked: true),
    FieldCode(basic, 32, 6, .ndSourceMAC, .solicitation, masked: true),
    FieldCode(basic, 33, 6, .ndTargetMAC, .advertisement, masked: true),
    FieldCode(basic, 34, 4, .mplsLabel, .mpls), FieldCode(basic, 35, 1, .mplsTrafficClass, .mpls),
    FieldCode(basic, 36, 1, .mplsBottom, .mpls),
    FieldCode(basic, 38, 8, .tunnelID, masked: true),
    FieldCode(basic, 39, 2, .ipv6ExtensionHeaders, .ipv6, masked: true),
  ]

  static let nicira: [FieldCode] = {
    var codes = [
      FieldCode(0, 0, 2, .inPort), FieldCode(0, 1, 6, .ethernetDestination, masked: true),
      FieldCode(0, 2, 6, .ethernetSource, masked: true), FieldCode(0, 3, 2, .etherType),
      FieldCode(0, 4, 2, .vlanTCI, masked: true), FieldCode(0, 5, 1, .ipDSCP, .ip, shift: 2),
      FieldCode(0, 6, 1, .ipProtocol, .ip), FieldCode(0, 7, 4, .ipv4Source, .ipv4, masked: true),
      FieldCode(0, 8, 4, .ipv4Destination, .ipv4, masked: true),
      FieldCode(0, 9, 2, .transportSource, .tcp, masked: true),
      FieldCode(0, 10, 2, .transportDestination, .tcp, masked: true),
      FieldCode(0, 11, 2, .transportSource, .udp, masked: true),
      FieldCode(0, 12, 2, .transportDestination, .udp, masked: true),
      FieldCode(0, 13, 1, .icmpType, .icmpv4), FieldCode(0, 14, 1, .icmpCode, .icmpv4),
      FieldCode(0, 15, 2, .arpOperation, .arp),
      FieldCode(0, 16, 4, .arpSenderAddress, .arp, masked: true),
      FieldCode(0, 17, 4, .arpTargetAddress, .arp, masked: true),
      FieldCode(1, 16, 8, .tunnelID, masked: true),
      FieldCode(1, 17, 6, .arpSenderMAC, .arp, masked: true),
      FieldCode(1, 18, 6, .arpTargetMAC, .arp, masked: true),
      FieldCode(1, 19, 16, .ipv6Source, .ipv6, masked: true),
      FieldCode(1, 20, 16, .ipv6Destination, .ipv6, masked: true),
      FieldCode(1, 21, 1, .icmpv6Type, .icmpv6), FieldCode(1, 22, 1, .icmpv6Code, .icmpv6),
      FieldCode(1, 23, 16, .ndTarget, .discovery, masked: true),
      FieldCode(1, 24, 6, .ndSourceMAC, .solicitation, masked: true),
      FieldCode(1, 25, 6, .ndTargetMAC, .advertisement, masked: true),
      FieldCode(1, 26, 1, .ipFragment, .ip, masked: true),
      FieldCode(1, 27, 4, .ipv6FlowLabel, .ipv6, masked: true),
      FieldCode(1, 28, 1, .ipECN, .ip), FieldCode(1, 29, 1, .ipTTL, .ip),
      FieldCode(1, 30, 1, .mplsTTL, .mpls),
      FieldCode(1, 31, 4, .tunnelSource, masked: true),
      FieldCode(1, 32, 4, .tunnelDestination, masked: true),
      FieldCode(1, 33, 4, .packetMark, masked: true),
      FieldCode(1, 34, 2, .tcpFlags, .tcp, masked: true), FieldCode(1, 37, 4, .conjunctionID),
      FieldCode(1, 105, 4, .trackState, masked: true), FieldCode(1, 106, 2, .trackZone),
      FieldCode(1, 107, 4, .trackMark, masked: true),
      FieldCode(1, 108, 16, .trackLabel, masked: true),
    ]
    for number in 0..<16 {
      guard let field = Field.register(number) else { continue }
      codes.append(FieldCode(1, UInt8(number), 4, field, masked: true))
    }
    return codes
  }()
}
