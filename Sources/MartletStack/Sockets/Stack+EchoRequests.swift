public import MartletDevice
internal import MartletWire

/// Echo requests for other hosts: what a gateway asks those hosts in the sender's place.
extension Stack {
  /// Opens the echo socket that takes every echo request which comes by an interface for a host that
  /// this one is not; without it they are answered in that host's name.
  ///
  /// The interface must have been added with `acceptsAllDestinations`; there is one such socket an
  /// interface. Throws `badState` otherwise, `noSuchInterface`, `tableFull`.
  public mutating func openEcho(acceptingAllOn id: InterfaceID) throws(StackError) -> EchoHandle {
    let interface = try index(of: id)
    guard interfaces[interface].acceptsAllDestinations,
      interfaces[interface].wildcardEchoSocket == nil
    else { throw .badState }
    var socket = EchoSocket(identifier: nil)
    socket.interface = interface
    guard !echoSockets.isFull, let index = echoSockets.insert(socket) else {
      throw .tableFull(.echoSockets)
    }
    interfaces[interface].wildcardEchoSocket = index
    readiness.clear(places.echoSockets + index)
    return EchoHandle(index: index, generation: echoSockets.generation(at: index))
  }

  /// Takes the oldest unread request: as much of its payload as fits is copied into `buffer`. `nil`
  /// when there is none. Throws `badState` for a socket that takes replies.
  public mutating func receiveEchoRequest(
    from handle: EchoHandle, into buffer: inout MutableRawSpan
  ) throws(StackError) -> EchoRequest? {
    let index = try index(of: handle)
    guard echoSockets[index].identifier == nil else { throw .badState }
    guard
      let (origin, length) = echoSockets[index].received.next(
        into: &buffer, scratch: &recordScratch, in: &buffers.blocks)
    else { return nil }
    if echoSockets[index].received.count > 0 {
      readiness.post(.readable, for: places.echoSockets + index)
    }
    return EchoRequest(
      source: origin.source.address, destination: origin.destination.address,
      identifier: origin.destination.port, sequence: origin.source.port,
      timeToLive: origin.timeToLive, length: length)
  }

  /// Sends the reply of the host that was asked.
  ///
  /// Throws `badState` for a socket that takes replies, `messageTooLong`, `noRoute`, `wouldBlock`.
  public mutating func sendEchoReply(
    _ payload: RawSpan, to request: EchoRequest, on handle: EchoHandle, now: Instant
  ) throws(StackError) {
    advance(to: now)
    guard echoSockets[try index(of: handle)].identifier == nil else { throw .badState }
    guard payload.byteCount <= 65_507 else { throw .messageTooLong(limit: 65_507) }
    guard let route = route(to: request.source, from: request.destination, on: nil) else {
      throw .noRoute(request.source)
    }
    counters.icmpOutEchoReps &+= 1
    try sendEchoMessage(
      type: 0, identifier: request.identifier, sequence: request.sequence, payload, route: route,
      to: request.source, timeToLive: configuration.timeToLive)
  }

  mutating func receiveEchoRequest(
    _ packet: borrowing IPv4View, for socket: Int, on interface: Int
  ) {
    let message = packet.payload
    // The ports of the record carry what an echo has in their stead.
    let origin = DatagramOrigin(
      source: Endpoint(packet.source, port: message.load(at: 6)),
      destination: Endpoint(packet.destination, port: message.load(at: 4)),
      interface: UInt8(truncatingIfNeeded: interface), timeToLive: packet.timeToLive)
    let isQueued = echoSockets[socket].received.append(
      message.extracting(8..<message.byteCount), origin: origin,
      byteLimit: Self.echoByteLimit, scratch: &recordScratch, in: &buffers.blocks)
    guard isQueued else { return drop(.outOfBuffers) }
    readiness.post(.readable, for: places.echoSockets + socket)
  }
}
