internal import MartletDevice
internal import MartletWire

/// IPv4 packets from the network (RFC 791; RFC 1122, section 3.2.1).
extension Stack {
  mutating func receiveIPv4(
    _ bytes: RawSpan, info: FrameInfo, on interface: Int, isLinkBroadcast: Bool
  ) {
    counters.ipInReceives &+= 1
    guard let packet = try? IPv4View(parsing: bytes) else { return drop(.ipMalformed) }
    guard packet.isChecksumValid else { return drop(.ipChecksum) }
    let destination = packet.destination
    let source = packet.source
    if !addresses.isKnownGood(source, on: interface) {
      guard isGoodSource(source, to: destination, on: interface) else { return drop(.ipBadSource) }
      if source.isUnicast { addresses.noteGood(source, on: interface) }
    }
    if packet.headerLength > 20, hasSourceRoute(packet.options) {
      return drop(.ipSourceRoute)
    }
    // Most packets are for the interface's one address.
    if destination == interfaces[interface].primaryAddress, !isLinkBroadcast {
      return receiveLocal(packet, info: info, as: .unicast, on: interface)
    }
    guard let kind = classify(destination, on: interface) else {
      return receiveForeign(
        packet, info: info, on: interface, isLinkBroadcast: isLinkBroadcast)
    }
    // RFC 1122, 3.3.6: a link-layer broadcast must be an IP broadcast or multicast as well.
    if kind == .unicast, isLinkBroadcast { return drop(.ipNotForUs) }
    receiveLocal(packet, info: info, as: kind, on: interface)
  }

  /// How a destination means this host; `nil` when it does not.
  private func classify(_ destination: IPv4Address, on interface: Int) -> DestinationKind? {
    if destination.isMulticast {
      return groups.isMember(of: destination, on: interface) ? .multicast : nil
    }
    if destination.isBroadcast || addresses.isDirectedBroadcast(destination, on: interface) {
      return .broadcast
    }
    if destination.isLoopback, interface != loopback { return nil }
    if addresses.isLocal(destination) { return .unicast }
    return interfaces[interface].acceptsAllDestinations && destination.isUnicast ? .unicast : nil
  }

  /// Whether a sender may have this source address (RFC 1122, section 3.2.1.3).
  private func isGoodSource(
    _ source: IPv4Address, to destination: IPv4Address, on interface: Int
  ) -> Bool {
    // 0.0.0.0 is a host that asks for its address.
    guard source.isUnicast else {
      return source.isUnspecified && (destination.isBroadcast || destination.isMulticast)
    }
    if interface == loopback { return true }
    if source == interfaces[interface].primaryAddress || source.isLoopback { return false }
    return !addresses.isDirectedBroadcast(source, on: interface) && !addresses.isLocal(source)
  }

  /// Loose (131) and strict (137) source routes let a stranger borrow this host's place.
  private func hasSourceRoute(_ options: RawSpan) -> Bool {
    var place = 0
    while place < options.byteCount {
      let kind = options.load(UInt8.self, at: place)
      if kind == 131 || kind == 137 { return true }
      if kind == 0 { return false }
      if kind == 1 {
        place += 1
        continue
      }
      guard place + 1 < options.byteCount else { return false }
      let length = Int(options.load(UInt8.self, at: place + 1))
      guard length >= 2 else { return false }
      place += length
    }
    return false
  }

  private mutating func receiveLocal(
    _ packet: borrowing IPv4View, info: FrameInfo, as kind: DestinationKind, on interface: Int
  ) {
    if packet.isFragment {
      return reassemble(packet, as: kind, on: interface)
    }
    deliver(packet, info: info, as: kind, on: interface)
  }

  /// Hands a whole datagram to its protocol.
  mutating func deliver(
    _ packet: borrowing IPv4View, info: FrameInfo, as kind: DestinationKind, on interface: Int
  ) {
    switch packet.payloadProtocol {
    case .tcp:
      // RFC 9293, 3.9.2.3: TCP speaks to one host at a time.
      guard kind == .unicast else { return drop(.tcpUnexpected) }
      counters.ipInDelivers &+= 1
      receiveTCP(
        packet.payload, source: packet.source, destination: packet.destination,
        typeOfService: packet.typeOfService, info: info, on: interface)
    case .udp:
      counters.ipInDelivers &+= 1
      receiveUDP(packet, info: info, as: kind, on: interface)
    case .icmp:
      counters.ipInDelivers &+= 1
      receiveICMP(packet, as: kind, on: interface)
    case .igmp:
      counters.ipInDelivers &+= 1
      receiveIGMP(packet, on: interface)
    default:
      drop(.ipProtocolUnknown)
      sendICMPError(.protocolUnreachable, quoting: packet, as: kind, on: interface)
    }
  }

  /// A packet for somebody else.
  private mutating func receiveForeign(
    _ packet: borrowing IPv4View, info: FrameInfo, on interface: Int, isLinkBroadcast: Bool
  ) {
    guard configuration.forwarding, !isLinkBroadcast, packet.destination.isUnicast,
      !packet.destination.isLoopback, packet.source.isUnicast
    else { return drop(.ipNotForUs) }
    forward(packet, info: info, from: interface)
  }
}
