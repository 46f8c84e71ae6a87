internal import MartletWire

/// Writes the line of one packet, layer by layer.
struct PacketPrinter {
  /// How many layers may lie in each other: tags, tunnels and quotes.
  static var maximumDepth: Int { 12 }

  let dissector: Dissector
  /// Whether checksums can be right at all: not those that were left to hardware or lie in a quote.
  var verifiesChecksums: Bool
  /// Whether the bytes are the beginning of a packet that an ICMP error quotes.
  var isQuote = false
  var text = ""
  private var depth = 0

  init(dissector: Dissector, verifiesChecksums: Bool) {
    self.dissector = dissector
    self.verifiesChecksums = verifiesChecksums
  }

  mutating func write(_ more: String) { text += more }

  /// Names what is wrong.
  mutating func damaged(_ format: String, _ error: WireError) {
    write("[\(format) \(MartletDissect.text(of: error))]")
  }

  /// Mentions a checksum that is wrong.
  mutating func checksum(_ format: String, _ stored: UInt16, shouldBe right: UInt16) {
    write(
      " [bad \(format) checksum \(hexadecimal(stored)), should be \(hexadecimal(right))]")
  }

  // MARK: Link

  /// `length` is that on the wire.
  mutating func link(_ bytes: RawSpan, type: LinkType, length: Int) {
    if type == .ethernet {
      return ethernet(bytes, length: length)
    }
    guard let (etherType, offset) = LinkLayer.network(of: bytes, type) else {
      return write("\(type), length \(length): \(hexadecimal(bytes))")
    }
    network(etherType, bytes.extracting(offset..<bytes.byteCount))
  }

  mutating func ethernet(_ bytes: RawSpan, length: Int) {
    do throws(WireError) {
      let frame = try EthernetView(parsing: bytes)
      if dissector.showsLinkHeader {
        write("\(frame.source) > \(frame.destination), length \(length): ")
      }
      network(frame.etherType, frame.payload)
    } catch {
      damaged("Ethernet", error)
    }
  }

  /// What an EtherType announces.
  mutating func network(_ type: EtherType, _ bytes: RawSpan) {
    guard depth < Self.maximumDepth else { return write("[nested too deep]") }
    depth += 1
    defer { depth -= 1 }
    switch type {
    case .ipv4: ipv4(bytes)
    case .arp, .rarp: arp(bytes, isReverse: type == .rarp)
    case .vlan, .serviceVLAN: vlan(bytes, isService: type == .serviceVLAN)
    case .transparentEthernet: ethernet(bytes, length: bytes.byteCount)
    case .ipv6: ipv6(bytes)
    case .mpls, .mplsMulticast: mpls(bytes)
    case _ where type.rawValue < 0x0600:
      write("802.3, length \(type.rawValue): \(hexadecimal(bytes))")
    default:
      write(
        "ethertype \(hexadecimal(type.rawValue)), length \(bytes.byteCount): "
          + hexadecimal(bytes))
    }
  }

  private mutating func vlan(_ bytes: RawSpan, isService: Bool) {
    do throws(WireError) {
      let view = try VLANView(parsing: bytes)
      write("\(isService ? "service vlan" : "vlan") \(view.tag.identifier), ")
      if view.tag.priority > 0 { write("p \(view.tag.priority), ") }
      if view.tag.isDropEligible { write("DEI, ") }
      network(view.etherType, view.payload)
    } catch {
      damaged("vlan", error)
    }
  }

  private mutating func arp(_ bytes: RawSpan, isReverse: Bool) {
    write(isReverse ? "RARP, " : "ARP, ")
    do throws(WireError) {
      let packet = try ARPPacket(parsing: bytes)
      let sender = packet.senderAddress
      switch packet.operation {
      case .request where sender.isUnspecified: write("Probe \(packet.targetAddress)")
      case .request where sender == packet.targetAddress: write("Announcement \(sender)")
      case .request: write("Request who-has \(packet.targetAddress) tell \(sender)")
      case .reverseRequest: write("Request who-is \(packet.targetMAC) tell \(packet.senderMAC)")
      case .reverseReply: write("Reply \(packet.targetMAC) at \(packet.targetAddress)")
      case .reply: write("Reply \(sender) is-at \(packet.senderMAC)")
      default:
        write(
          "operation \(packet.operation.rawValue), \(sender) (\(packet.senderMAC)) > "
            + "\(packet.targetAddress) (\(packet.targetMAC))")
      }
      write(", length \(bytes.byteCount)")
    } catch {
      damaged("ARP", error)
    }
  }
}
