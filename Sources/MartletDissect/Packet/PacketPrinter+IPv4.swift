internal import MartletWire

/// The beginning of a transport's header and what the IP header says of it.
struct TransportContext {
  let addresses: AddressPair
  /// The bytes that the IP packet carries, of which fewer may be there.
  let length: Int
  /// Whether more pieces of the datagram follow.
  let isFragment: Bool

  var source: String { addresses.source }
  var destination: String { addresses.destination }
}

extension PacketPrinter {
  mutating func ipv4(_ bytes: RawSpan) {
    do throws(WireError) {
      let packet = try IPv4View(parsingQuoted: bytes)
      write("IP ")
      ipv4(packet)
    } catch {
      damaged("IP", error)
    }
  }

  private mutating func ipv4(_ packet: borrowing IPv4View) {
    let context = TransportContext(
      addresses: .ipv4(packet.source, packet.destination),
      length: packet.totalLength - packet.headerLength, isFragment: packet.isFragment)
    if packet.fragmentOffset > 0 {
      write("\(context.source) > \(context.destination): \(name(of: packet.payloadProtocol))")
    } else {
      transport(packet.payloadProtocol, packet.payload, context)
    }
    remarks(on: packet)
  }

  mutating func transport(
    _ kind: IPProtocol, _ bytes: RawSpan, _ context: TransportContext
  ) {
    switch kind {
    case .tcp: return tcp(bytes, context)
    case .udp: return udp(bytes, context)
    case .sctp: return sctp(bytes, context)
    default: break
    }
    write("\(context.source) > \(context.destination): ")
    switch kind {
    case .icmp: icmp(bytes, context)
    case .icmpv6: icmpv6(bytes, context)
    case .noNextHeader: write("no next header")
    case .igmp: igmp(bytes, context)
    case .gre: gre(bytes, context)
    default:
      write("\(name(of: kind)), length \(context.length): \(hexadecimal(bytes))")
    }
  }

  func name(of kind: IPProtocol) -> String {
    switch kind {
    case .icmp: "ICMP"
    case .igmp: "IGMP"
    case .tcp: "TCP"
    case .udp: "UDP"
    case .gre: "GRE"
    case .sctp: "SCTP"
    case .icmpv6: "ICMP6"
    default: "ip-proto-\(kind.rawValue)"
    }
  }

  /// What is noteworthy of an IP header, and what is wrong with it.
  private mutating func remarks(on packet: borrowing IPv4View) {
    if packet.isFragment {
      let length = packet.totalLength - packet.headerLength
      write(" (frag \(packet.identification):\(length)@\(packet.fragmentOffset)")
      write(packet.moreFragments ? "+)" : ")")
    }
    if packet.headerLength > 20 { options(packet.options) }
    if dissector.showsInternetHeader {
      write(" (tos \(hexadecimal(packet.typeOfService)), ttl \(packet.timeToLive)")
      write(", id \(packet.identification)\(packet.dontFragment ? ", DF" : ""))")
    }
    if !isQuote, !packet.isChecksumValid {
      let stored = packet.headerChecksum
      let right = InternetChecksum.updated(
        InternetChecksum.of(packet.header), replacing: stored, with: 0)
      checksum("IP", stored, shouldBe: right)
    }
    let available = packet.packet.byteCount
    if !isQuote, available < packet.totalLength {
      write(" [truncated: \(available) of \(packet.totalLength) bytes]")
    }
  }

  private mutating func options(_ bytes: RawSpan) {
    var options = IPv4OptionIterator(bytes)
    var names: [String] = []
    while let option = options.next() {
      switch option.kind {
      case .recordRoute: names.append("RR")
      case .timestamp: names.append("TS")
      case .looseSourceRoute: names.append("LSRR")
      case .strictSourceRoute: names.append("SSRR")
      case .routerAlert: names.append("RA")
      default: names.append("\(option.kind.rawValue) \(hexadecimal(option.data))")
      }
    }
    if options.isMalformed { names.append("[bad length]") }
    write(" (options \(names.joined(separator: ",")))")
  }
}
