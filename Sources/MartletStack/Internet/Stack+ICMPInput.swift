internal import MartletDevice
internal import MartletWire

/// ICMP messages from the network (RFC 792; RFC 1122, section 3.2.2).
extension Stack {
  mutating func receiveICMP(
    _ packet: borrowing IPv4View, as kind: DestinationKind, on interface: Int
  ) {
    counters.icmpInMsgs &+= 1
    let message = packet.payload
    var sum = InternetChecksum()
    sum.add(message)
    guard message.byteCount >= 8, sum.value == 0 else { return drop(.icmpMalformed) }
    switch message.load(UInt8.self, at: 0) {
    case 8:
      counters.icmpInEchos &+= 1
      // RFC 1122, 3.2.2.6: an echo to everybody may be ignored, or everybody answers at once.
      guard kind == .unicast else { return }
      if let socket = interfaces[interface].wildcardEchoSocket,
        !addresses.isLocal(packet.destination)
      {
        receiveEchoRequest(packet, for: socket, on: interface)
      } else {
        sendEchoReply(to: packet)
      }
    case 0:
      receiveEchoReply(packet, on: interface)
    case 3, 11, 12:
      receiveICMPError(message, from: packet.source)
    default:
      // Redirects among them: a route is not a stranger's to change.
      break
    }
  }

  /// Sends the message back with the one byte changed that makes it a reply.
  private mutating func sendEchoReply(to packet: borrowing IPv4View) {
    let message = packet.payload
    guard let route = route(to: packet.source, from: packet.destination, on: nil) else {
      return drop(.ipNoRoute)
    }
    var header = IPv4Header(
      source: packet.destination, destination: packet.source, payloadProtocol: .icmp)
    header.timeToLive = configuration.timeToLive
    header.typeOfService = packet.typeOfService
    header.identification = identification(for: header)
    guard hasRoom(for: header.length + message.byteCount, on: route.interface) else {
      return drop(.interfaceQueueFull)
    }
    var reply = Packet()
    // RFC 1624: only the type changes, from 8 to 0.
    let checksum = InternetChecksum.updated(
      message.load(at: 2), replacing: 0x0800 as UInt16, with: 0)
    let isBuilt = buffers.blocks.appendBlock(of: header.length + 8, to: &reply.bytes) { span in
      header.write(into: &span, payloadLength: message.byteCount)
      let place = header.length
      span.copy(message.extracting(0..<8), at: place)
      span.store(UInt16(message.load(UInt8.self, at: 1)), at: place)
      span.store(checksum, at: place + 2)
    }
    let rest = message.extracting(8..<message.byteCount)
    guard isBuilt, buffers.blocks.append(rest, to: &reply.bytes) == rest.byteCount else {
      buffers.release(reply)
      return drop(.outOfBuffers)
    }
    counters.icmpOutMsgs &+= 1
    counters.icmpOutEchoReps &+= 1
    output(reply, route: route)
  }

  /// An error goes to the owner of the packet that it quotes, who checks it further (RFC 5927).
  private mutating func receiveICMPError(_ message: RawSpan, from sender: IPv4Address) {
    guard let quote = QuotedPacket(parsing: message.extracting(8..<message.byteCount)),
      let news = ICMPReport(
        type: message.load(at: 0), code: message.load(at: 1), detail: message.load(at: 4),
        sender: sender)
    else { return drop(.icmpMalformed) }
    report(news, of: quote)
  }

  /// Tells the transport that one of its packets did not arrive.
  mutating func report(_ report: ICMPReport, of quote: QuotedPacket) {
    switch quote.payloadProtocol {
    case .tcp: receiveICMPErrorForTCP(report, quote: quote)
    case .udp: receiveICMPErrorForUDP(report, quote: quote)
    case .icmp: receiveICMPErrorForEcho(report, quote: quote)
    default: drop(.icmpUnmatched)
    }
  }
}
