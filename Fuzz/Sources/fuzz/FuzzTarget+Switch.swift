import MartletWire

// The formats that a switch reads and the stack does not.

extension FuzzTarget {
  static func ipv6(_ bytes: RawSpan) {
    guard let packet = try? IPv6View(parsingQuoted: bytes) else { return }
    let found = packet.extensions
    check(found.payloadOffset <= packet.payload.byteCount, "the transport lies in the packet")
    var headers = packet.extensionHeaders
    var count = 0
    while let header = headers.next() {
      check(header.bytes.byteCount >= 8, "a header has eight bytes")
      count += 1
    }
    check(count <= IPv6ExtensionIterator.maximumCount, "the walk is bounded")
    let header = IPv6Header(packet)
    let length = packet.payloadLength
    let written = [UInt8].written(40) { (bytes) throws(WireError) in
      try header.emit(into: &bytes, payloadLength: length)
    }
    check(written?.begins(bytes) == true, "the IPv6 header comes back")
    // The text of an address is the address.
    check(IPv6Address(packet.source.description) == packet.source, "the address comes back")
  }

  static func icmpv6(_ bytes: RawSpan) {
    guard let message = try? ICMPv6View(parsing: bytes) else { return }
    _ = (try? message.quotedPacket())?.extensions
    guard let discovery = try? message.neighbourDiscovery() else { return }
    _ = (
      discovery.isRouter, discovery.isSolicited, discovery.overrides, discovery.option(14) != nil
    )
    guard let value = NeighbourDiscoveryMessage(discovery) else { return }
    let written = [UInt8].written(value.length) { (bytes) throws(WireError) in
      try value.emit(into: &bytes, source: .loopback, destination: .allNodes)
    }
    let again = written?.read { bytes in
      guard let view = try? ICMPv6View(parsing: bytes),
        let discovery = try? view.neighbourDiscovery()
      else { return false }
      return NeighbourDiscoveryMessage(discovery) == value
        && view.isChecksumValid(source: .loopback, destination: .allNodes)
    }
    check(again == true, "the message comes back")
  }

  static func vxlan(_ bytes: RawSpan) {
    guard let packet = try? VXLANView(parsing: bytes) else { return }
    let header = VXLANHeader(packet)
    let written = [UInt8].written(8) { (bytes) throws(WireError) in try header.emit(into: &bytes) }
    let again = written?.read { bytes in
      guard let view = try? VXLANView(parsing: bytes) else { return false }
      return VXLANHeader(view) == header
    }
    check(again == true, "the VXLAN header comes back")
  }

  static func mpls(_ bytes: RawSpan) {
    guard let stack = try? MPLSView(parsing: bytes) else { return }
    check((1...MPLSView.maximumDepth).contains(stack.count), "a stack is bounded")
    for index in 0..<stack.count {
      let entry = stack[index]
      check(entry.isBottom == (index == stack.count - 1), "the last entry is the bottom")
      let again = MPLSLabel(
        label: entry.label, trafficClass: entry.trafficClass, isBottom: entry.isBottom,
        timeToLive: entry.timeToLive)
      check(again == entry, "the entry comes back")
    }
    check(stack.payload.byteCount == bytes.byteCount - 4 * stack.count, "the rest is the payload")
  }

  static func sctp(_ bytes: RawSpan) {
    guard let packet = try? SCTPView(parsing: bytes) else { return }
    _ = packet.isChecksumValid
    let header = SCTPHeader(packet)
    let payload = packet.payload
    let written = [UInt8].written(bytes.byteCount) { (bytes) throws(WireError) in
      bytes.copy(payload, at: 12)
      try header.emit(into: &bytes)
    }
    let again = written?.read { bytes in
      guard let view = try? SCTPView(parsing: bytes) else { return false }
      return SCTPHeader(view) == header && view.isChecksumValid
    }
    check(again == true, "the SCTP packet comes back")
  }
}
