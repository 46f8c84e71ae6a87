internal import MartletWire

// IPv6, ICMPv6 with neighbour discovery, and what a switch carries: MPLS, VXLAN, SCTP.

extension PacketPrinter {
  // MARK: IPv6

  mutating func ipv6(_ bytes: RawSpan) {
    do throws(WireError) {
      let packet = try IPv6View(parsingQuoted: bytes)
      write("IP6 ")
      ipv6(packet)
    } catch {
      damaged("IP6", error)
    }
  }

  private mutating func ipv6(_ packet: borrowing IPv6View) {
    let found = packet.extensions
    let context = TransportContext(
      addresses: .ipv6(packet.source, packet.destination),
      length: packet.payloadLength - found.payloadOffset, isFragment: found.isFragment)
    let payload = packet.payload
    if let error = found.error {
      write("\(context.source) > \(context.destination): ")
      damaged("extension header", error)
    } else if found.fragmentOffset > 0 {
      write("\(context.source) > \(context.destination): \(name(of: found.payloadProtocol))")
    } else {
      transport(
        found.payloadProtocol, payload.extracting(found.payloadOffset..<payload.byteCount), context)
    }
    if found.isFragment {
      write(
        " (frag \(hexadecimal(found.identification)):\(found.fragmentOffset)|\(context.length))")
    }
    if dissector.showsInternetHeader {
      write(" (class \(hexadecimal(packet.trafficClass)), hlim \(packet.hopLimit)")
      write(", flowlabel \(hexadecimal(packet.flowLabel)))")
    }
    let (available, length) = (packet.packet.byteCount, 40 + packet.payloadLength)
    if !isQuote, available < length { write(" [truncated: \(available) of \(length) bytes]") }
  }

  // MARK: ICMPv6

  mutating func icmpv6(_ bytes: RawSpan, _ context: TransportContext) {
    write("ICMP6, ")
    do throws(WireError) {
      let message = try ICMPv6View(parsing: bytes)
      kind(of: message)
      write(", length \(context.length)")
      if verifiesChecksums, !isQuote, !context.isFragment, bytes.byteCount >= context.length,
        !context.addresses.verifies(bytes, .icmpv6)
      {
        transportChecksum("ICMP6", .icmpv6, bytes, stored: message.checksum, context)
      }
      if message.type.isError { quote(message.payload, as: .ipv6) }
    } catch {
      damaged("ICMP6", error)
    }
  }

  private mutating func kind(of message: borrowing ICMPv6View) {
    switch message.type {
    case .echoRequest:
      write("echo request, id \(message.identifier), seq \(message.sequenceNumber)")
    case .echoReply:
      write("echo reply, id \(message.identifier), seq \(message.sequenceNumber)")
    case .packetTooBig: write("packet too big, mtu \(message.rest)")
    case .destinationUnreachable: write("destination unreachable, code \(message.code)")
    case .timeExceeded: write("time exceeded, code \(message.code)")
    case .parameterProblem: write("parameter problem, code \(message.code) at \(message.rest)")
    case .routerSolicitation, .routerAdvertisement, .neighbourSolicitation,
      .neighbourAdvertisement, .redirect:
      neighbourDiscovery(message)
    default: write("type \(message.type.rawValue), code \(message.code)")
    }
  }

  private mutating func neighbourDiscovery(_ message: borrowing ICMPv6View) {
    do throws(WireError) {
      let discovery = try message.neighbourDiscovery()
      let target = discovery.target?.description ?? ""
      switch message.type {
      case .neighbourSolicitation: write("neighbor solicitation, who has \(target)")
      case .neighbourAdvertisement: write("neighbor advertisement, tgt is \(target)")
      case .routerSolicitation: write("router solicitation")
      case .routerAdvertisement: write("router advertisement")
      default: write("redirect, \(target)")
      }
      if let address = discovery.sourceLinkLayer { write(", source \(address)") }
      if let address = discovery.targetLinkLayer { write(", target \(address)") }
    } catch {
      damaged("neighbor discovery", error)
    }
  }

  // MARK: MPLS, VXLAN, SCTP

  mutating func mpls(_ bytes: RawSpan) {
    do throws(WireError) {
      let stack = try MPLSView(parsing: bytes)
      write("MPLS ")
      for index in 0..<stack.count {
        let entry = stack[index]
        write("(label \(entry.label), tc \(entry.trafficClass)")
        write("\(entry.isBottom ? ", [S]" : ""), ttl \(entry.timeToLive)) ")
      }
      // The stack does not say what it carries; the first four bits of IP do.
      guard stack.payload.byteCount > 0 else { return }
      switch stack.payload.load(UInt8.self, at: 0) >> 4 {
      case 4: network(.ipv4, stack.payload)
      case 6: network(.ipv6, stack.payload)
      default: write("length \(stack.payload.byteCount): \(hexadecimal(stack.payload))")
      }
    } catch {
      damaged("MPLS", error)
    }
  }

  mutating func vxlan(_ bytes: RawSpan) {
    do throws(WireError) {
      let packet = try VXLANView(parsing: bytes)
      write("VXLAN, vni \(packet.networkIdentifier): ")
      network(.transparentEthernet, packet.payload)
    } catch {
      damaged("VXLAN", error)
    }
  }

  mutating func sctp(_ bytes: RawSpan, _ context: TransportContext) {
    do throws(WireError) {
      let packet = try SCTPView(parsing: bytes)
      write("\(context.source).\(packet.sourcePort) > ")
      write("\(context.destination).\(packet.destinationPort): SCTP, ")
      write("tag \(hexadecimal(packet.verificationTag)), length \(context.length)")
      if verifiesChecksums, !isQuote, !context.isFragment, bytes.byteCount >= context.length,
        !packet.isChecksumValid
      {
        write(" [bad SCTP checksum \(hexadecimal(packet.checksum))]")
      }
    } catch {
      write("\(context.source) > \(context.destination): ")
      damaged("SCTP", error)
    }
  }
}
