/// A field that flows match and change (OpenFlow 1.3, 7.2.3.7, and those of connection tracking and registers).
///
/// Fields that never occur together share their place in a key: TCP, UDP and SCTP ports are one field,
/// as are the protocol addresses of ARP and IPv4.
public enum Field: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  // What the switch knows of a frame.
  case inPort, packetMark, metadata, tunnelID, tunnelSource, tunnelDestination
  case register0, register1, register2, register3, register4, register5, register6, register7
  case register8, register9, register10, register11, register12, register13, register14, register15
  case trackState, trackZone, trackMark, trackLabel, conjunctionID
  // Ethernet.
  case ethernetDestination, ethernetSource, etherType
  /// The whole tag; bit 12 says that there is one.
  case vlanTCI
  /// The tag's identifier and, in bit 12, whether there is one (OpenFlow's OFPVID_PRESENT).
  case vlanID
  case vlanPriority
  // MPLS.
  case mplsLabel, mplsTrafficClass, mplsBottom, mplsTTL
  // IP and ARP.
  case ipv4Source, ipv4Destination, arpSenderAddress, arpTargetAddress
  case ipv6Source, ipv6Destination, ipv6FlowLabel, ipv6ExtensionHeaders
  /// The protocol above IP.
  case ipProtocol
  /// The differentiated services code point, 6 bits.
  case ipDSCP
  case ipECN
  case ipTTL
  /// Bit 0: a fragment. Bit 1: not the first.
  case ipFragment
  case arpOperation, arpSenderMAC, arpTargetMAC
  case ndTarget, ndSourceMAC, ndTargetMAC
  // Transport.
  case transportSource, transportDestination, tcpFlags
  case icmpType, icmpCode, icmpv6Type, icmpv6Code

  /// A register by its number, 0 to 15.
  @inlinable public static func register(_ number: Int) -> Field? {
    guard (0..<16).contains(number) else { return nil }
    return Field(rawValue: Field.register0.rawValue + UInt8(number))
  }

  /// The bits that it has, 1 to 128.
  public var width: Int { Int(location.width) }

  /// Where it lies in a key: the word, the distance from that word's least bit, the width. Fields of
  /// more than 64 bits take two words, the upper half first.
  var location: (word: Int, shift: UInt64, width: UInt64) {
    switch self {
    case .inPort: (0, 32, 32)
    case .packetMark: (0, 0, 32)
    case .metadata: (1, 0, 64)
    case .tunnelID: (2, 0, 64)
    case .tunnelSource: (3, 32, 32)
    case .tunnelDestination: (3, 0, 32)
    case .register0, .register1, .register2, .register3, .register4, .register5, .register6,
      .register7, .register8, .register9, .register10, .register11, .register12, .register13,
      .register14, .register15:
      registerLocation
    case .trackState: (12, 32, 32)
    case .trackZone: (12, 16, 16)
    case .trackMark: (13, 32, 32)
    case .conjunctionID: (13, 0, 32)
    case .trackLabel: (14, 0, 128)
    case .ethernetDestination: (16, 16, 48)
    case .etherType: (16, 0, 16)
    case .ethernetSource: (17, 16, 48)
    case .vlanTCI: (17, 0, 16)
    case .vlanID: (17, 0, 13)
    case .vlanPriority: (17, 13, 3)
    case .mplsLabel: (18, 44, 20)
    case .mplsTrafficClass: (18, 41, 3)
    case .mplsBottom: (18, 40, 1)
    case .mplsTTL: (18, 32, 8)
    default: networkLocation
    }
  }

  private var registerLocation: (word: Int, shift: UInt64, width: UInt64) {
    let number = Int(rawValue - Field.register0.rawValue)
    return (4 + number / 2, number % 2 == 0 ? 32 : 0, 32)
  }

  private var networkLocation: (word: Int, shift: UInt64, width: UInt64) {
    switch self {
    case .ipv4Source, .arpSenderAddress: (19, 32, 32)
    case .ipv4Destination, .arpTargetAddress: (19, 0, 32)
    case .ipv6Source: (20, 0, 128)
    case .ipv6Destination: (22, 0, 128)
    case .ipv6FlowLabel: (24, 32, 20)
    case .ipProtocol: (24, 24, 8)
    case .ipDSCP: (24, 18, 6)
    case .ipECN: (24, 16, 2)
    case .ipTTL: (24, 8, 8)
    case .ipFragment: (24, 0, 2)
    case .arpSenderMAC, .ndSourceMAC: (25, 16, 48)
    case .arpOperation: (25, 0, 16)
    case .arpTargetMAC, .ndTargetMAC: (26, 16, 48)
    case .tcpFlags: (26, 0, 12)
    case .ndTarget: (27, 0, 128)
    case .transportSource: (29, 48, 16)
    case .transportDestination: (29, 32, 16)
    case .icmpType, .icmpv6Type: (29, 48, 8)
    case .icmpCode, .icmpv6Code: (29, 32, 8)
    case .ipv6ExtensionHeaders: (29, 0, 9)
    default: (0, 0, 0)
    }
  }
}
