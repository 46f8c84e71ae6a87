internal import MartletDevice
internal import MartletWire

/// Packets on their way out: admitted, queued, addressed.
extension Stack {
  /// Whether an interface's queue takes another packet of `byteCount` bytes.
  ///
  /// Asked before anything of the packet is built: a datagram is admitted whole or refused.
  func hasRoom(for byteCount: Int, on interface: Int) -> Bool {
    let queue = interfaces[interface].queue.count
    let queued = interfaces[interface].queue.byteCount
    return queue < configuration.interfaceQueueLimit
      && queued + byteCount <= configuration.interfaceQueueByteLimit
      && buffers.hasPacketRoom
      && (byteCount + buffers.blocks.blockSize - 1) / buffers.blocks.blockSize
        <= buffers.blocks.availableCount
  }

  /// Sends a complete IPv4 packet of this host on its way.
  mutating func output(_ packet: consuming Packet, route: Route) {
    counters.ipOutRequests &+= 1
    forwardOutput(packet, route: route)
  }

  /// Sends a complete IPv4 packet on its way, whoever made it: to its interface's queue, or into
  /// its neighbour's entry while the neighbour's link address is asked for.
  mutating func forwardOutput(_ packet: consuming Packet, route: Route) {
    guard let neighbour = neighbour(for: route.nextHop, on: route.interface) else {
      drop(.neighbourTableFull)
      return buffers.release(packet)
    }
    switch linkAddress(of: neighbour) {
    case .resolved(let address):
      packet.linkDestination = address
      enqueue(packet, on: route.interface)
    case .pending:
      hold(packet, for: neighbour)
    case .failed:
      failed(packet, reason: .neighbourUnreachable)
    }
  }

  /// Puts a frame at the end of an interface's queue.
  mutating func enqueue(_ packet: consuming Packet, on interface: Int) {
    if !buffers.enqueue(packet, on: &interfaces[interface].queue) { drop(.outOfBuffers) }
  }

  /// Builds and sends a packet of at most one block: an answer made on the spot.
  ///
  /// `write` fills the `bodyLength` bytes behind the header, whose content is undefined before.
  mutating func sendPacket(
    _ header: IPv4Header, route: Route, bodyLength: Int, _ write: (inout MutableRawSpan) -> Void
  ) {
    let length = header.length + bodyLength
    guard length <= buffers.blocks.blockSize, hasRoom(for: length, on: route.interface) else {
      return drop(.interfaceQueueFull)
    }
    var header = header
    if header.identification == 0 { header.identification = identification(for: header) }
    var packet = Packet()
    let isBuilt = buffers.blocks.appendBlock(of: length, to: &packet.bytes) { span in
      header.write(into: &span, payloadLength: bodyLength)
      var body = span._mutatingExtracting(header.length..<length)
      write(&body)
    }
    guard isBuilt else { return drop(.outOfBuffers) }
    output(packet, route: route)
  }

  /// A number for a datagram that may be fragmented, not used for its pair of addresses for long
  /// (RFC 6864); 0 for one that may not, where it has no meaning.
  mutating func identification(for header: IPv4Header) -> UInt16 {
    guard !header.dontFragment else { return 0 }
    let addresses = UInt64(header.source.rawValue) << 32 | UInt64(header.destination.rawValue)
    let place = Int(secret.hash(addresses, UInt64(header.payloadProtocol.rawValue)) & 255)
    identifications[place] &+= 1
    return identifications[place]
  }
}
