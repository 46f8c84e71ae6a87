public import MartletDevice
internal import MartletWire

extension Stack {
  /// The longest payload of a UDP datagram over IPv4.
  private static var maximumPayload: Int { 65_507 }

  /// Sends one datagram: admitted whole, or refused before any of it is built.
  ///
  /// Without `remote` it goes to the end that the socket is connected to. `local` is the end to
  /// send from where the socket leaves it open: a socket that accepts every destination answers
  /// from the one its peer meant.
  ///
  /// Throws `messageTooLong` above 65,507 bytes, above the path's MTU with "don't fragment", or
  /// above what the interface's queue can ever hold; `wouldBlock` while the queue is full
  /// (`Readiness.writable` follows); `noRoute`; `badAddress`; `broadcastNotAllowed`; `badState`
  /// without any remote end.
  public mutating func send(
    _ payload: RawSpan, to remote: Endpoint? = nil, from local: Endpoint? = nil,
    on handle: UDPHandle, now: Instant
  ) throws(StackError) {
    advance(to: now)
    let index = try index(of: handle)
    guard let remote = remote ?? udp.sockets[index].remote else { throw .badState }
    guard remote.port != 0, !remote.address.isUnspecified else {
      throw .badAddress(remote.address)
    }
    let from = try localEnd(of: index, chosen: local)
    let options = udp.sockets[index].options
    let route = try route(of: index, to: remote.address, from: from.address)
    let header = try header(for: remote.address, options: options, route: route)
    try admit(payload.byteCount, header: header, route: route, sender: index)
    guard
      let packet = buildDatagram(
        payload, header: header, from: from.port, to: remote.port)
    else {
      udp.sockets[index].isWaitingForRoom = true
      interfaces[route.interface].hasWaitingSenders = true
      throw .wouldBlock
    }
    counters.udpOutDatagrams &+= 1
    if options.dontFragment { udp.sockets[index].lastUnfragmented = remote }
    output(packet, route: route)
    if remote.address.isMulticast, options.multicastLoop,
      groups.isMember(of: remote.address, on: route.interface)
    {
      let origin = DatagramOrigin(
        source: Endpoint(route.source, port: from.port), destination: remote,
        interface: UInt8(truncatingIfNeeded: route.interface), timeToLive: header.timeToLive)
      deliverToAll(payload, origin: origin, as: .multicast, on: route.interface)
    }
  }

  /// The end to send from.
  private func localEnd(
    of index: Int, chosen: Endpoint?
  ) throws(StackError) -> Endpoint {
    let own = udp.sockets[index].local
    guard udp.sockets[index].acceptsAllDestinations else {
      // Bound to a group or a broadcast address it still sends from the host's own.
      let address = chosen?.address ?? own.address
      guard address.isUnicast else { return Endpoint(.unspecified, port: own.port) }
      guard addresses.isLocal(address) else { throw .addressNotLocal(address) }
      return Endpoint(address, port: own.port)
    }
    guard let chosen, chosen.port != 0, chosen.address.isUnicast else { throw .badState }
    return chosen
  }

  private func route(
    of index: Int, to destination: IPv4Address, from source: IPv4Address
  ) throws(StackError) -> Route {
    var interface = udp.sockets[index].interface
    if interface == nil, destination.isMulticast || destination.isBroadcast,
      let chosen = udp.sockets[index].options.multicastInterface
    {
      interface = try self.index(of: chosen)
    }
    let route = route(
      to: destination, from: source.isUnspecified ? nil : source, on: interface)
    guard let route else { throw .noRoute(destination) }
    return route
  }

  private func header(
    for destination: IPv4Address, options: UDPOptions, route: Route
  ) throws(StackError) -> IPv4Header {
    let isBroadcast =
      destination.isBroadcast
      || addresses.isDirectedBroadcast(destination, on: route.interface)
    guard !isBroadcast || options.broadcast else { throw .broadcastNotAllowed(destination) }
    var header = IPv4Header(
      source: route.source, destination: destination, payloadProtocol: .udp)
    header.timeToLive =
      destination.isMulticast
      ? options.multicastTimeToLive : options.timeToLive ?? configuration.timeToLive
    header.typeOfService = options.typeOfService
    header.dontFragment = options.dontFragment
    return header
  }

  /// Whether a datagram may be built now.
  private mutating func admit(
    _ byteCount: Int, header: IPv4Header, route: Route, sender index: Int
  ) throws(StackError) {
    guard byteCount <= Self.maximumPayload else {
      throw .messageTooLong(limit: Self.maximumPayload)
    }
    let overhead = header.length + UDPView.headerLength
    let length = overhead + byteCount
    if header.dontFragment {
      let path = pathMTU(to: header.destination, on: route.interface)
      guard length <= path else { throw .messageTooLong(limit: path - overhead) }
    }
    let queue = configuration.interfaceQueueByteLimit
    guard length <= queue else { throw .messageTooLong(limit: queue - overhead) }
    guard hasRoom(for: length, on: route.interface) else {
      udp.sockets[index].isWaitingForRoom = true
      interfaces[route.interface].hasWaitingSenders = true
      throw .wouldBlock
    }
  }

  /// The datagram as one packet, its checksum complete; `nil` when blocks are short.
  private mutating func buildDatagram(
    _ payload: RawSpan, header: IPv4Header, from source: UInt16, to destination: UInt16
  ) -> Packet? {
    var header = header
    header.identification = identification(for: header)
    let length = UDPView.headerLength + payload.byteCount
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: header.source, destination: header.destination, protocol: .udp, length: length)
    var packet = Packet()
    let headerLength = header.length
    let isBuilt = buffers.blocks.appendBlock(
      of: headerLength + UDPView.headerLength, to: &packet.bytes
    ) { span in
      header.write(into: &span, payloadLength: length)
      span.store(source, at: headerLength)
      span.store(destination, at: headerLength + 2)
      span.store(UInt16(truncatingIfNeeded: length), at: headerLength + 4)
      span.store(UInt16(0), at: headerLength + 6)
      sum.add(span.bytes.extracting(headerLength..<headerLength + UDPView.headerLength))
    }
    guard isBuilt, buffers.blocks.append(payload, to: &packet.bytes, sum: &sum) else {
      buffers.release(packet)
      return nil
    }
    buffers.blocks.store(UDPHeader.checksum(sum), in: packet.bytes, at: headerLength + 6)
    return packet
  }

  /// An interface's queue has room again: senders that were refused hear of it.
  mutating func resumeSenders(on interface: Int) {
    interfaces[interface].hasWaitingSenders = false
    for index in 0..<udp.sockets.highWater
    where udp.sockets.isUsed(index) && udp.sockets[index].isWaitingForRoom {
      udp.sockets[index].isWaitingForRoom = false
      readiness.post(.writable, for: places.udpSockets + index)
    }
  }
}
