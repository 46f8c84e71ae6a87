public import MartletDevice
public import MartletWire

/// Echo sockets: ping (RFC 792).
extension Stack {
  /// Opens an echo socket under an identifier that no other has. Throws `tableFull`.
  public mutating func openEcho() throws(StackError) -> EchoHandle {
    guard !echoSockets.isFull else { throw .tableFull(.echoSockets) }
    var identifier = UInt16(truncatingIfNeeded: random.next())
    while echoSocket(identifier) != nil { identifier &+= 1 }
    guard let index = echoSockets.insert(EchoSocket(identifier: identifier)) else {
      throw .tableFull(.echoSockets)
    }
    readiness.clear(places.echoSockets + index)
    return EchoHandle(index: index, generation: echoSockets.generation(at: index))
  }

  /// Closes an echo socket; replies that come later are dropped.
  public mutating func close(_ handle: EchoHandle) {
    guard let index = try? index(of: handle) else { return }
    if let interface = echoSockets[index].interface {
      interfaces[interface].wildcardEchoSocket = nil
    }
    var socket = echoSockets.remove(at: index)
    buffers.blocks.release(socket.received.bytes.take())
    readiness.clear(places.echoSockets + index)
  }

  /// Sends an echo request with up to 65,507 bytes of payload.
  ///
  /// Throws `messageTooLong`, `noRoute`, `badAddress` for what is not one host's, `wouldBlock`,
  /// `badState` for a socket that takes requests.
  public mutating func sendEcho(
    _ payload: RawSpan, to destination: IPv4Address, sequence: UInt16, timeToLive: UInt8? = nil,
    on handle: EchoHandle, now: Instant
  ) throws(StackError) {
    advance(to: now)
    guard let identifier = echoSockets[try index(of: handle)].identifier else { throw .badState }
    guard destination.isUnicast else { throw .badAddress(destination) }
    guard payload.byteCount <= 65_507 else { throw .messageTooLong(limit: 65_507) }
    guard let route = route(to: destination, from: nil, on: nil) else {
      throw .noRoute(destination)
    }
    try sendEchoMessage(
      type: 8, identifier: identifier, sequence: sequence, payload, route: route, to: destination,
      timeToLive: timeToLive ?? configuration.timeToLive)
  }

  /// Builds and sends an echo request (8) or reply (0), whole or not at all.
  mutating func sendEchoMessage(
    type: UInt8, identifier: UInt16, sequence: UInt16, _ payload: RawSpan, route: Route,
    to destination: IPv4Address, timeToLive: UInt8
  ) throws(StackError) {
    var header = IPv4Header(
      source: route.source, destination: destination, payloadProtocol: .icmp)
    header.timeToLive = timeToLive
    header.identification = identification(for: header)
    let overhead = header.length + 8
    let limit = configuration.interfaceQueueByteLimit - overhead
    guard payload.byteCount <= limit else { throw .messageTooLong(limit: limit) }
    guard hasRoom(for: overhead + payload.byteCount, on: route.interface) else {
      throw .wouldBlock
    }
    var sum = InternetChecksum()
    var packet = Packet()
    let headerLength = header.length
    let isBuilt = buffers.blocks.appendBlock(of: overhead, to: &packet.bytes) { span in
      header.write(into: &span, payloadLength: 8 + payload.byteCount)
      span.store(UInt32(type) << 24, at: headerLength)
      span.store(identifier, at: headerLength + 4)
      span.store(sequence, at: headerLength + 6)
      sum.add(span.bytes.extracting(headerLength..<overhead))
    }
    guard isBuilt, buffers.blocks.append(payload, to: &packet.bytes, sum: &sum) else {
      buffers.release(packet)
      throw .wouldBlock
    }
    buffers.blocks.store(sum.value, in: packet.bytes, at: headerLength + 2)
    counters.icmpOutMsgs &+= 1
    output(packet, route: route)
  }

  /// Takes the oldest unread reply: as much of its payload as fits is copied into `buffer`. `nil`
  /// when there is none.
  public mutating func receiveEcho(
    from handle: EchoHandle, into buffer: inout MutableRawSpan
  ) throws(StackError) -> EchoReply? {
    let index = try index(of: handle)
    guard
      let (origin, length) = echoSockets[index].received.next(
        into: &buffer, scratch: &recordScratch, in: &buffers.blocks)
    else { return nil }
    if echoSockets[index].received.count > 0 {
      readiness.post(.readable, for: places.echoSockets + index)
    }
    return EchoReply(
      source: origin.source.address, sequence: origin.source.port,
      timeToLive: origin.timeToLive, length: length)
  }

  /// What became of the last request that an ICMP error reported, once; `nil` when none did.
  public mutating func takeError(of handle: EchoHandle) throws(StackError) -> EchoError? {
    let index = try index(of: handle)
    let error = echoSockets[index].error
    echoSockets[index].error = nil
    return error
  }

  func index(of handle: EchoHandle) throws(StackError) -> Int {
    guard echoSockets.holds(Int(handle.index), generation: handle.generation) else {
      throw .staleHandle
    }
    return Int(handle.index)
  }

  private func echoSocket(_ identifier: UInt16) -> Int? {
    for index in 0..<echoSockets.highWater
    where echoSockets.isUsed(index) && echoSockets[index].identifier == identifier {
      return index
    }
    return nil
  }

  // MARK: Input

  /// The bytes of blocks that one echo socket's unread replies may hold.
  static var echoByteLimit: Int { 128 * 1024 }

  mutating func receiveEchoReply(_ packet: borrowing IPv4View, on interface: Int) {
    let message = packet.payload
    guard let index = echoSocket(message.load(at: 4)) else { return drop(.icmpUnmatched) }
    // The record's source port carries the sequence number: an echo has no ports.
    let origin = DatagramOrigin(
      source: Endpoint(packet.source, port: message.load(at: 6)),
      destination: Endpoint(packet.destination, port: 0),
      interface: UInt8(truncatingIfNeeded: interface), timeToLive: packet.timeToLive)
    let isQueued = echoSockets[index].received.append(
      message.extracting(8..<message.byteCount), origin: origin,
      byteLimit: Self.echoByteLimit, scratch: &recordScratch, in: &buffers.blocks)
    guard isQueued else { return drop(.outOfBuffers) }
    readiness.post(.readable, for: places.echoSockets + index)
  }

  mutating func receiveICMPErrorForEcho(_ report: ICMPReport, quote: QuotedPacket) {
    guard quote.messageType == 8, addresses.isLocal(quote.source),
      let index = echoSocket(quote.identifier)
    else { return drop(.icmpUnmatched) }
    echoSockets[index].error = EchoError(
      reason: report.reason, sender: report.sender, sequence: quote.echoSequence,
      isTimeExceeded: report.isTimeExceeded)
    readiness.post(.error, for: places.echoSockets + index)
  }
}
