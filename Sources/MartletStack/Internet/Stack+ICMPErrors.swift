internal import MartletDevice
internal import MartletWire

/// ICMP errors that this host sends, by the rules of RFC 1122, section 3.2.2.
extension Stack {
  /// The most of the offending packet that an error quotes, so that it stays within 576 bytes
  /// (RFC 1812, section 4.3.2.3).
  private static var quoteLimit: Int { 548 }

  /// Tells the sender of a packet what became of it, unless silence is the rule.
  mutating func sendICMPError(
    _ error: ICMPError, quoting packet: borrowing IPv4View, as kind: DestinationKind?,
    on interface: Int
  ) {
    guard kind == nil || kind == .unicast else { return }
    // What was not for this host is answered from the interface that it came by.
    let source =
      kind == .unicast
      ? packet.destination : addresses.source(for: packet.source, on: interface)
    sendICMPError(error, quoting: packet.packet, from: source)
  }

  /// Tells the sender of the packet that begins with `quoted` what became of it.
  mutating func sendICMPError(
    _ error: ICMPError, quoting quoted: RawSpan, from source: IPv4Address?
  ) {
    guard isAnswerable(quoted) else { return }
    let sender = quoted.loadIPv4Address(at: 12)
    guard let route = route(to: sender, from: source, on: nil) else { return }
    guard errorLimit.take(now: now) else { return drop(.icmpRateLimited) }
    var header = IPv4Header(source: route.source, destination: sender, payloadProtocol: .icmp)
    header.timeToLive = configuration.timeToLive
    // RFC 1812, 4.3.2.5: precedence 6, internetwork control.
    header.typeOfService = 0xC0
    let limit = min(Self.quoteLimit, buffers.blocks.blockSize - header.length - 8)
    let quote = quoted.extracting(0..<min(quoted.byteCount, limit))
    counters.icmpOutMsgs &+= 1
    counters.icmpOutErrors &+= 1
    sendPacket(header, route: route, bodyLength: 8 + quote.byteCount) { body in
      body.store(UInt16(error.type) << 8 | UInt16(error.code), at: 0)
      body.store(UInt16(0), at: 2)
      body.store(error.detail, at: 4)
      body.copy(quote, at: 8)
      var sum = InternetChecksum()
      sum.add(body.bytes)
      body.store(sum.value, at: 2)
    }
  }

  /// No error answers an error, a later fragment, or what has no single sender.
  private func isAnswerable(_ quoted: RawSpan) -> Bool {
    guard quoted.byteCount >= 20, quoted.load(UInt16.self, at: 6) & 0x1FFF == 0,
      quoted.loadIPv4Address(at: 12).isUnicast
    else { return false }
    guard quoted.load(UInt8.self, at: 9) == IPProtocol.icmp.rawValue else { return true }
    let headerLength = Int(quoted.load(UInt8.self, at: 0) & 15) * 4
    guard quoted.byteCount > headerLength else { return false }
    // Queries may be answered by an error: echo, timestamp, information, address mask.
    switch quoted.load(UInt8.self, at: headerLength) {
    case 0, 8, 13...18: return true
    default: return false
    }
  }

  /// Drops a packet that could not be sent and tells who sent it.
  mutating func failed(_ packet: consuming Packet, reason: DropReason) {
    drop(reason)
    guard packet.etherType == .ipv4, var memory = scratch.take() else {
      return buffers.release(packet)
    }
    let length = min(packet.bytes.byteCount, Self.quoteLimit)
    var cursor = buffers.blocks.cursor(in: packet.bytes, at: 0)
    var span = memory.mutableBytes(at: 0, count: length)
    _ = buffers.blocks.copy(length, from: &cursor, into: &span, at: 0)
    buffers.release(packet)
    reportUnreachable(memory.bytes(at: 0, count: length))
    scratch = consume memory
  }

  /// The next hop is silent: the socket that sent the packet, or the host that it came from, hears
  /// of it.
  private mutating func reportUnreachable(_ front: RawSpan) {
    guard front.byteCount >= 20 else { return }
    guard addresses.isLocal(front.loadIPv4Address(at: 12)) else {
      return sendICMPError(.hostUnreachable, quoting: front, from: nil)
    }
    guard let quote = QuotedPacket(parsing: front),
      let news = ICMPReport(type: 3, code: 1, detail: 0, sender: quote.source)
    else { return }
    report(news, of: quote)
  }
}
