internal import MartletDevice
internal import MartletWire

/// Passing packets on between interfaces (RFC 1812, section 5), where `Configuration` asks for it.
extension Stack {
  mutating func forward(_ packet: borrowing IPv4View, info: FrameInfo, from interface: Int) {
    guard packet.timeToLive > 1 else {
      drop(.ipTimeToLive)
      return sendICMPError(.timeExceededInTransit, quoting: packet, as: nil, on: interface)
    }
    guard let route = route(to: packet.destination, from: nil, on: nil),
      route.interface != loopback
    else {
      drop(.ipNoRoute)
      return sendICMPError(.networkUnreachable, quoting: packet, as: nil, on: interface)
    }
    // A directed broadcast from outside would be an amplifier (RFC 2644).
    guard !addresses.isDirectedBroadcast(packet.destination, on: route.interface) else {
      return drop(.ipNotForUs)
    }
    let length = packet.totalLength
    let mtu = interfaces[route.interface].maximumTransmissionUnit
    if length > mtu, isMerged(packet, info: info) {
      return forwardSegments(packet, info: info, route: route, mtu: mtu)
    }
    if length > mtu, packet.dontFragment {
      drop(.ipFragmentationNeeded)
      counters.ipFragFails &+= 1
      return sendICMPError(.fragmentationNeeded(mtu: mtu), quoting: packet, as: nil, on: interface)
    }
    guard hasRoom(for: length, on: route.interface) else { return drop(.interfaceQueueFull) }
    guard let copy = copyForForwarding(packet, info: info) else { return drop(.outOfBuffers) }
    counters.ipForwDatagrams &+= 1
    forwardOutput(copy, route: route)
  }

  /// The packet with one hop less to live, and with the transport checksum that its sender left to
  /// a device complete.
  private mutating func copyForForwarding(
    _ packet: borrowing IPv4View, info: FrameInfo
  ) -> Packet? {
    var copy = Packet()
    let headerLength = packet.headerLength
    let bytes = packet.packet
    let frontLength = min(bytes.byteCount, buffers.blocks.blockSize)
    let checksum = info.checksum == .partial ? completedChecksum(of: packet) : nil
    let isBuilt = buffers.blocks.appendBlock(of: frontLength, to: &copy.bytes) { span in
      span.copy(bytes.extracting(0..<frontLength), at: 0)
      span.store(packet.timeToLive - 1, at: 8)
      span.store(UInt16(0), at: 10)
      span.store(span.headerChecksum(at: 0, length: headerLength), at: 10)
      if let checksum { span.store(checksum.value, at: headerLength + checksum.place) }
    }
    let rest = bytes.extracting(frontLength..<bytes.byteCount)
    guard isBuilt, buffers.blocks.append(rest, to: &copy.bytes) == rest.byteCount else {
      buffers.release(copy)
      return nil
    }
    return copy
  }

  /// Where the transport checksum lies in the payload, and what it should be: the field holds the
  /// pseudo-header's sum already, so that the sum over the payload makes it whole.
  private func completedChecksum(
    of packet: borrowing IPv4View
  ) -> (place: Int, value: UInt16)? {
    let place: Int
    switch packet.payloadProtocol {
    case .tcp: place = 16
    case .udp: place = 6
    default: return nil
    }
    let payload = packet.payload
    guard payload.byteCount >= place + 2 else { return nil }
    var sum = InternetChecksum()
    sum.add(payload)
    // RFC 768: a UDP checksum of zero is sent as all ones.
    return (place, sum.value == 0 && place == 6 ? 0xFFFF : sum.value)
  }
}
