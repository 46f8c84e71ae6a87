internal import MartletWire

// ICMP, IGMP and GRE.

extension PacketPrinter {
  // MARK: ICMP

  mutating func icmp(_ bytes: RawSpan, _ context: TransportContext) {
    write("ICMP ")
    do throws(WireError) {
      let message = try ICMPv4View(parsing: bytes)
      kind(of: message)
      write(", length \(context.length)")
      if verifiesChecksums, !isQuote, !context.isFragment, bytes.byteCount >= context.length,
        !message.isChecksumValid
      {
        checksum("ICMP", message.checksum, shouldBe: right(message.checksum, bytes))
      }
      if message.type.isError { quote(message.payload, as: .ipv4) }
    } catch {
      damaged("ICMP", error)
    }
  }

  private mutating func kind(of message: borrowing ICMPv4View) {
    let echo = "id \(message.identifier), seq \(message.sequenceNumber)"
    switch message.type {
    case .echo: write("echo request, \(echo)")
    case .echoReply: write("echo reply, \(echo)")
    case .destinationUnreachable: unreachable(message)
    case .sourceQuench: write("source quench")
    case .redirect:
      let target = quotedDestination(message)
      let scope = message.code == .forHost ? "host" : "net"
      write("redirect \(target) to \(scope) \(message.gateway)")
    case .timeExceeded where message.code == .timeToLiveExceeded:
      write("time exceeded in-transit")
    case .timeExceeded where message.code == .reassemblyTimeExceeded:
      write("ip reassembly time exceeded")
    case .parameterProblem: write("parameter problem - octet \(message.pointer)")
    case .timestamp:
      write("time stamp query id \(message.identifier) seq \(message.sequenceNumber)")
    case .timestampReply:
      write("time stamp reply id \(message.identifier) seq \(message.sequenceNumber)")
    default: write("type \(message.type.rawValue), code \(message.code.rawValue)")
    }
  }

  private mutating func unreachable(_ message: borrowing ICMPv4View) {
    let target = quotedDestination(message)
    switch message.code {
    case .networkUnreachable: write("net \(target) unreachable")
    case .hostUnreachable: write("host \(target) unreachable")
    case .protocolUnreachable: write("\(target) protocol \(quotedProtocol(message)) unreachable")
    case .portUnreachable: write("\(target) \(quotedPort(message)) unreachable")
    case .fragmentationNeeded:
      write("\(target) unreachable - need to frag (mtu \(message.nextHopMTU))")
    case .sourceRouteFailed: write("\(target) unreachable - source route failed")
    case .networkUnknown: write("net \(target) unreachable - unknown")
    case .hostUnknown: write("host \(target) unreachable - unknown")
    case .networkProhibited: write("net \(target) unreachable - admin prohibited")
    case .hostProhibited: write("host \(target) unreachable - admin prohibited")
    case .prohibited: write("host \(target) unreachable - admin prohibited filter")
    default: write("\(target) unreachable - code \(message.code.rawValue)")
    }
  }

  private func quotedDestination(_ message: borrowing ICMPv4View) -> String {
    (try? message.quotedPacket().destination.description) ?? "?"
  }

  private func quotedProtocol(_ message: borrowing ICMPv4View) -> String {
    (try? String(message.quotedPacket().payloadProtocol.rawValue)) ?? "?"
  }

  private func quotedPort(_ message: borrowing ICMPv4View) -> String {
    guard let packet = try? message.quotedPacket(), packet.payload.byteCount >= 4 else {
      return "port ?"
    }
    let port: UInt16 = packet.payload.load(at: 2)
    switch packet.payloadProtocol {
    case .udp: return "udp port \(port)"
    case .tcp: return "tcp port \(port)"
    default: return "protocol \(packet.payloadProtocol.rawValue) port \(port)"
    }
  }

  mutating func quote(_ bytes: RawSpan, as type: EtherType) {
    guard !isQuote else { return }
    isQuote = true
    write(" [")
    network(type, bytes)
    write("]")
    isQuote = false
  }

  // MARK: IGMP

  mutating func igmp(_ bytes: RawSpan, _ context: TransportContext) {
    write("igmp ")
    do throws(WireError) {
      let message = try IGMPView(parsing: bytes)
      igmp(message, bytes)
      let stored: UInt16 = bytes.load(at: 2)
      if !isQuote, !context.isFragment, bytes.byteCount >= context.length,
        !message.isChecksumValid
      {
        checksum("IGMP", stored, shouldBe: right(stored, bytes))
      }
    } catch {
      damaged("IGMP", error)
    }
  }

  private mutating func igmp(_ message: borrowing IGMPView, _ bytes: RawSpan) {
    switch message.type {
    case .membershipQuery:
      let isThird = bytes.byteCount >= 12
      let version = isThird ? "v3" : message.maximumResponseTime == 0 ? "v1" : "v2"
      write("query \(version)")
      if message.maximumResponseTime != 100, version == "v2" {
        write(" [max resp time \(message.maximumResponseTime)]")
      }
      if !message.group.isUnspecified { write(" [gaddr \(message.group)]") }
    case .version1Report: write("v1 report \(message.group)")
    case .membershipReport: write("v2 report \(message.group)")
    case .leaveGroup: write("leave \(message.group)")
    case .version3Report:
      write("v3 report, \(bytes.load(UInt16.self, at: 6)) group record(s)")
    default: write("type \(hexadecimal(message.type.rawValue)), length \(bytes.byteCount)")
    }
  }

  // MARK: GRE

  mutating func gre(_ bytes: RawSpan, _ context: TransportContext) {
    do throws(WireError) {
      let packet = try GREView(parsing: bytes)
      write("GREv0, ")
      if packet.hasChecksum, !isQuote, !context.isFragment, bytes.byteCount >= context.length,
        packet.headerLength >= 8, !packet.isChecksumValid
      {
        let stored: UInt16 = bytes.load(at: 4)
        write("bad checksum \(hexadecimal(stored)), ")
      }
      if let key = packet.key { write("key=0x\(String(key, radix: 16)), ") }
      if let number = packet.sequenceNumber { write("seq \(number), ") }
      write("length \(context.length): ")
      network(packet.payloadType, packet.payload)
    } catch {
      damaged("GRE", error)
    }
  }

  /// The checksum that would be right where `stored` stands in `bytes`.
  private func right(_ stored: UInt16, _ bytes: RawSpan) -> UInt16 {
    InternetChecksum.updated(InternetChecksum.of(bytes), replacing: stored, with: 0)
  }
}
