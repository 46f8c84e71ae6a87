internal import MartletDevice
internal import MartletWire

/// The answer to a packet that does not fit a tunnel: ICMP "fragmentation needed" (RFC 1191), or
/// "packet too big" of ICMPv6 (RFC 4443, section 3.2), addressed to the sender.
struct TooBigAnswer: ~Copyable {
  /// The most answers a second.
  private static var rate: Int { 1000 }

  private var frame = TransmitSlots(count: 1, slotCapacity: 1300)
  private var budget = TooBigAnswer.rate
  private var refill = Instant.zero

  /// Calls `send` with the answer to `packet`, if it may have one.
  ///
  /// `mtu` is what fits, in bytes; `gateway` answers, or the packet's destination where that is `nil`
  /// or not in its network.
  mutating func make(
    to packet: RawSpan, mtu: Int, gateway: IPv4Prefix?, now: Instant, _ send: (RawSpan) -> Void
  ) {
    guard let layout = FrameLayout(packet), Self.mayBeAnswered(packet, layout), take(now) else {
      return
    }
    // Errors quote as much as leaves them below the least MTU of all (RFC 1812, 4.3.2.3; RFC 4443).
    let header = layout.isIPv6 ? 40 : 20
    let quoted = min(layout.packetLength, (layout.isIPv6 ? 1280 : 576) - header - 8)
    let length = layout.network + header + 8 + quoted
    var batch = frame.lend(count: 1)
    var bytes = batch.nextSlot
    bytes.copy(packet.extracting(6..<12), at: 0)
    bytes.copy(packet.extracting(0..<6), at: 6)
    bytes.copy(packet.extracting(12..<layout.network), at: 12)
    bytes.copy(
      packet.extracting(layout.network..<layout.network + quoted), at: layout.network + header + 8)
    if layout.isIPv6 {
      Self.writeIPv6(&bytes, packet, layout, mtu: mtu, length: length)
    } else {
      Self.writeIPv4(&bytes, packet, layout, mtu: mtu, length: length, gateway: gateway)
    }
    batch.append(length: length)
    send(frame.bytes(at: 0))
  }

  /// Never an error about an error, nor to many, nor about a later fragment (RFC 1122, 3.2.2).
  private static func mayBeAnswered(_ packet: RawSpan, _ layout: FrameLayout) -> Bool {
    guard layout.hasTransport, packet.load(UInt8.self, at: 0) & 1 == 0 else { return false }
    guard layout.transport < layout.end else { return true }
    let type = packet.load(UInt8.self, at: layout.transport)
    if layout.isIPv6 {
      let source = packet.load(UInt8.self, at: layout.network + 8)
      return source != 0xFF && (layout.payloadProtocol != .icmpv6 || type >= 128)
    }
    let source = IPv4Address(rawValue: packet.load(at: layout.network + 12))
    return source.isUnicast && (layout.payloadProtocol != .icmp || type == 0 || type == 8)
  }

  private mutating func take(_ now: Instant) -> Bool {
    if now >= refill {
      refill = now + .seconds(1)
      budget = Self.rate
    }
    guard budget > 0 else { return false }
    budget -= 1
    return true
  }

  private static func writeIPv4(
    _ bytes: inout MutableRawSpan, _ packet: RawSpan, _ layout: FrameLayout, mtu: Int, length: Int,
    gateway: IPv4Prefix?
  ) {
    let source = IPv4Address(rawValue: packet.load(at: layout.network + 12))
    let destination = IPv4Address(rawValue: packet.load(at: layout.network + 16))
    let isGateways = gateway.map { $0.contains(source) } ?? false
    let answerer = isGateways ? gateway?.address ?? destination : destination
    let header = IPv4Header(
      source: answerer, destination: source, payloadProtocol: .icmp)
    var internet = bytes._mutatingExtracting(layout.network..<length)
    // The slot has room for both headers: neither can fail.
    try? header.emit(into: &internet, payloadLength: length - layout.network - 20)
    var message = bytes._mutatingExtracting(layout.network + 20..<length)
    try? ICMPv4Header.fragmentationNeeded(nextHopMTU: UInt16(clamping: mtu)).emit(into: &message)
  }

  private static func writeIPv6(
    _ bytes: inout MutableRawSpan, _ packet: RawSpan, _ layout: FrameLayout, mtu: Int, length: Int
  ) {
    let network = layout.network
    let payload = length - network - 40
    bytes.store(UInt32(0x6000_0000), at: network)
    bytes.store(UInt16(truncatingIfNeeded: payload), at: network + 4)
    bytes.store(UInt16(0x3A40), at: network + 6)
    // There is no other address to answer from: the destination's.
    bytes.copy(packet.extracting(network + 24..<network + 40), at: network + 8)
    bytes.copy(packet.extracting(network + 8..<network + 24), at: network + 24)
    let message = network + 40
    bytes.store(UInt32(0x0200_0000), at: message)
    bytes.store(UInt32(truncatingIfNeeded: mtu), at: message + 4)
    var sum = InternetChecksum()
    sum.add(bytes.bytes.extracting(network + 8..<network + 40))
    sum.add(UInt32(truncatingIfNeeded: payload))
    sum.add(UInt32(58))
    sum.add(bytes.bytes.extracting(message..<length))
    bytes.store(sum.value, at: message + 2)
  }
}
