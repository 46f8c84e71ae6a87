public import MartletDevice
internal import MartletWire

/// What a gateway says of conversations that it could not carry on.
extension Stack {
  /// Answers a SYN by why its destination cannot be had: an ICMP error where `reason` is one of the
  /// unreachables or `prohibited`, a reset otherwise. One that has gone meanwhile is left alone.
  public mutating func refuse(
    _ request: ConnectionRequest, because reason: EndReason, now: Instant
  ) {
    advance(to: now)
    let index = Int(request.index)
    guard let error = ICMPError(reason) else {
      return answer(request, accepting: false, now: now)
    }
    guard tcp.halfOpen.holds(index, generation: request.generation),
      tcp.halfOpen[index].awaitsAnswer
    else { return }
    let entry = tcp.halfOpen[index]
    removeHalfOpen(index)
    // The second word of a TCP header is its sequence number, by which the sender knows its SYN.
    sendICMPError(
      error, quoting: .tcp, from: request.source, to: request.destination,
      secondWord: entry.initialReceive.rawValue, on: Int(entry.interface))
  }

  /// Tells who sent a datagram, which came by a socket that accepts every destination, why it was
  /// not delivered. Without effect where `reason` is none that ICMP has a word for.
  public mutating func reportUndelivered(
    from source: Endpoint, to destination: Endpoint, because reason: EndReason,
    on id: InterfaceID, now: Instant
  ) {
    advance(to: now)
    guard let interface = try? index(of: id), let error = ICMPError(reason) else { return }
    sendICMPError(
      error, quoting: .udp, from: source, to: destination, secondWord: 8 << 16, on: interface)
  }

  /// Tells who sent an echo request why it was not delivered.
  public mutating func reportUndelivered(
    _ request: EchoRequest, because reason: EndReason, on id: InterfaceID, now: Instant
  ) {
    advance(to: now)
    guard let interface = try? index(of: id), let error = ICMPError(reason) else { return }
    // Type 8, code 0, and a checksum that nobody keeps.
    sendICMPError(
      error, quoting: .icmp, from: Endpoint(request.source, port: 0x0800),
      to: Endpoint(request.destination, port: 0),
      secondWord: UInt32(request.identifier) << 16 | UInt32(request.sequence), on: interface)
  }

  /// Quotes the header and the first eight bytes of a packet as it must have been: what RFC 792 asks
  /// for, and what hosts find their socket by.
  private mutating func sendICMPError(
    _ error: ICMPError, quoting payloadProtocol: IPProtocol, from source: Endpoint,
    to destination: Endpoint, secondWord: UInt32, on interface: Int
  ) {
    guard var memory = scratch.take() else { return }
    let header = IPv4Header(
      source: source.address, destination: destination.address, payloadProtocol: payloadProtocol)
    var quote = memory.mutableBytes(at: 0, count: header.length + 8)
    header.write(into: &quote, payloadLength: 8)
    quote.store(source.port, at: header.length)
    quote.store(destination.port, at: header.length + 2)
    quote.store(secondWord, at: header.length + 4)
    // That nobody listens is for the host itself to say, the rest for the gateway.
    let sender =
      error == .portUnreachable
      ? destination.address : addresses.source(for: source.address, on: interface)
    sendICMPError(
      error, quoting: memory.bytes(at: 0, count: header.length + 8), from: sender)
    scratch = consume memory
  }
}

extension ICMPError {
  /// The error that says `reason`; `nil` when none does.
  init?(_ reason: EndReason) {
    switch reason {
    case .hostUnreachable, .timedOut: self = .hostUnreachable
    case .networkUnreachable: self = .networkUnreachable
    case .portUnreachable: self = .portUnreachable
    case .protocolUnreachable: self = .protocolUnreachable
    case .prohibited: self = .prohibited
    default: return nil
    }
  }
}
