internal import MartletDevice
internal import MartletWire

/// UDP datagrams from the network (RFC 768; RFC 1122, section 4.1).
extension Stack {
  mutating func receiveUDP(
    _ packet: borrowing IPv4View, info: FrameInfo, as kind: DestinationKind, on interface: Int
  ) {
    guard let datagram = try? UDPView(parsing: packet.payload) else {
      counters.udpInErrors &+= 1
      return drop(.udpMalformed)
    }
    // RFC 768: an all-zero checksum means that the sender computed none.
    if info.checksum == .unverified, datagram.checksum != 0 {
      var sum = InternetChecksum()
      sum.addPseudoHeader(
        source: packet.source, destination: packet.destination, protocol: .udp,
        length: datagram.length)
      sum.add(packet.payload.extracting(0..<datagram.length))
      guard sum.value == 0 else {
        counters.udpInErrors &+= 1
        return drop(.udpChecksum)
      }
    }
    let source = Endpoint(packet.source, port: datagram.sourcePort)
    let destination = Endpoint(packet.destination, port: datagram.destinationPort)
    let origin = DatagramOrigin(
      source: source, destination: destination,
      interface: UInt8(truncatingIfNeeded: interface), timeToLive: packet.timeToLive)
    guard kind == .unicast else {
      return deliverToAll(datagram.payload, origin: origin, as: kind, on: interface)
    }
    let socket =
      udp.find(source: source, destination: destination, on: interface)
      ?? interfaces[interface].wildcardUDPSocket
    guard let socket else {
      counters.udpNoPorts &+= 1
      drop(.udpNoSocket)
      return sendICMPError(.portUnreachable, quoting: packet, as: kind, on: interface)
    }
    deliver(datagram.payload, origin: origin, to: socket)
  }

  /// Puts a datagram into a socket's queue.
  private mutating func deliver(_ payload: RawSpan, origin: DatagramOrigin, to socket: Int) {
    let isQueued = udp.sockets[socket].received.append(
      payload, origin: origin, byteLimit: udp.sockets[socket].options.receiveByteLimit,
      scratch: &recordScratch, in: &buffers.blocks)
    guard isQueued else {
      counters.udpInErrors &+= 1
      return drop(.udpQueueFull)
    }
    counters.udpInDatagrams &+= 1
    readiness.post(.readable, for: places.udpSockets + socket)
  }

  /// A broadcast or a group's datagram goes to every socket that it means.
  mutating func deliverToAll(
    _ payload: RawSpan, origin: DatagramOrigin, as kind: DestinationKind, on interface: Int
  ) {
    var found = false
    for socket in 0..<udp.sockets.highWater where udp.sockets.isUsed(socket) {
      guard accepts(socket, origin, as: kind, on: interface) else { continue }
      found = true
      deliver(payload, origin: origin, to: socket)
    }
    if !found {
      counters.udpNoPorts &+= 1
      drop(.udpNoSocket)
    }
  }

  private func accepts(
    _ index: Int, _ origin: DatagramOrigin, as kind: DestinationKind, on interface: Int
  ) -> Bool {
    guard udp.sockets[index].local.port == origin.destination.port,
      !udp.sockets[index].acceptsAllDestinations
    else { return false }
    if let own = udp.sockets[index].interface, own != interface { return false }
    if let remote = udp.sockets[index].remote, remote != origin.source { return false }
    let address = udp.sockets[index].local.address
    switch kind {
    case .unicast, .broadcast:
      return address.isUnspecified || address == origin.destination.address
        || addresses.find(address, on: interface) != nil
    case .multicast:
      return groups.isMember(socket: index, of: origin.destination.address, on: interface)
        && (address.isUnspecified || address == origin.destination.address)
    }
  }

  /// An ICMP error that quotes a datagram goes to the socket that sent it, if it did (RFC 5927).
  mutating func receiveICMPErrorForUDP(_ report: ICMPReport, quote: QuotedPacket) {
    let local = Endpoint(quote.source, port: quote.sourcePort)
    let remote = Endpoint(quote.destination, port: quote.destinationPort)
    guard addresses.isLocal(local.address), let socket = sender(of: local, to: remote) else {
      return drop(.icmpUnmatched)
    }
    if let mtu = report.nextHopMTU {
      guard quote.dontFragment, udp.sockets[socket].lastUnfragmented == remote,
        let route = route(to: remote.address, from: nil, on: nil)
      else { return drop(.icmpUnmatched) }
      return reducePathMTU(
        to: remote.address, nextHopMTU: mtu, packetLength: quote.totalLength, on: route.interface)
    }
    // RFC 1122, 4.1.3.3; a socket that speaks to many would not know which of them is meant.
    guard udp.sockets[socket].remote == remote else { return }
    udp.sockets[socket].error = report.reason
    readiness.post([.error, .readable], for: places.udpSockets + socket)
  }

  /// The socket that could have sent a datagram.
  private func sender(of local: Endpoint, to remote: Endpoint) -> Int? {
    var found: Int?
    udp.forEach(at: local.port) { index, socket in
      guard socket.local.address.isUnspecified || socket.local.address == local.address else {
        return
      }
      if socket.remote == remote || (socket.remote == nil && found == nil) { found = index }
    }
    return found
  }
}
