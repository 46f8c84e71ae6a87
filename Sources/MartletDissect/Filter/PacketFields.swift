public import MartletWire

/// What identifies a packet: where it comes from, where it goes, what it is.
///
/// VLAN tags are looked through; tunnels and quotes are not: an outer header counts.
public struct PacketFields: Equatable, Sendable {
  /// The networks of its VLAN tags, the outermost first.
  public private(set) var vlans: [UInt16] = []
  /// What its link layer announces behind the tags; `nil` when that cannot be read.
  public private(set) var etherType: EtherType?
  /// Its source, or an ARP packet's sender.
  public private(set) var source: IPv4Address?
  /// Its destination, or an ARP packet's target.
  public private(set) var destination: IPv4Address?
  /// What the IPv4 packet carries.
  public private(set) var payloadProtocol: IPProtocol?
  /// The port it comes from, with TCP, UDP and SCTP, except in a later fragment.
  public private(set) var sourcePort: UInt16?
  /// The port it goes to, likewise.
  public private(set) var destinationPort: UInt16?

  /// Reads what can be read; nothing is thrown.
  public init(_ bytes: RawSpan, linkType: LinkType = .ethernet) {
    guard let network = LinkLayer.network(of: bytes, linkType) else { return }
    var (type, offset) = network
    while type == .vlan || type == .serviceVLAN {
      guard let tag = try? VLANView(parsing: bytes.extracting(offset..<bytes.byteCount)) else {
        return
      }
      vlans.append(tag.tag.identifier)
      type = tag.etherType
      offset += VLANView.headerLength
    }
    etherType = type
    let packet = bytes.extracting(offset..<bytes.byteCount)
    switch type {
    case .ipv4: read(ipv4: packet)
    case .arp, .rarp: read(arp: packet)
    default: break
    }
  }

  private mutating func read(arp bytes: RawSpan) {
    guard let packet = try? ARPPacket(parsing: bytes) else { return }
    source = packet.senderAddress
    destination = packet.targetAddress
  }

  private mutating func read(ipv4 bytes: RawSpan) {
    guard let packet = try? IPv4View(parsingQuoted: bytes) else { return }
    source = packet.source
    destination = packet.destination
    payloadProtocol = packet.payloadProtocol
    guard packet.fragmentOffset == 0, packet.payload.byteCount >= 4 else { return }
    switch packet.payloadProtocol {
    case .tcp, .udp, .sctp:
      sourcePort = packet.payload.load(at: 0)
      destinationPort = packet.payload.load(at: 2)
    default: break
    }
  }
}

extension PacketFields {
  /// The fields of a packet of a capture file.
  public init(_ packet: CapturedPacket) {
    self.init(packet.bytes.rawBytes, linkType: packet.linkType)
  }
}
