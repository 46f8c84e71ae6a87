import MartletWire
import Testing

@Suite struct ICMPv6Tests {
  static let source = IPv6Address(high: 0xFE80 << 48, low: 1)
  static let target = IPv6Address(high: 0xFE80 << 48, low: 2)
  static let echo = bytes("8000ac1d 12340001 616263")
  static let solicitation = bytes(
    "87007a97 00000000 fe800000000000000000000000000002 0101020000000001")
  static let advertisement = bytes(
    "8800181a 60000000 fe800000000000000000000000000002 0201020000000002")

  @Test func echoIsReadAndWritten() throws {
    let header = ICMPv6Header(type: .echoRequest, identifier: 0x1234, sequenceNumber: 1)
    try Self.echo.read { (bytes) throws(WireError) in
      let view = try ICMPv6View(parsing: bytes)
      #expect(ICMPv6Header(view) == header)
      expect(view.isChecksumValid(source: Self.source, destination: Self.target))
      expect(!view.isChecksumValid(source: Self.source, destination: .allNodes))
      #expect(view.identifier == 0x1234 && view.sequenceNumber == 1)
      #expect([UInt8](view.payload) == [0x61, 0x62, 0x63])
    }
    let emitted = try written(11) { (bytes) throws(WireError) in
      for index in 8..<11 { bytes.store(Self.echo[index], at: index) }
      try header.emit(into: &bytes, source: Self.source, destination: Self.target)
    }
    #expect(emitted == Self.echo)
  }

  @Test func solicitationIsReadAndWritten() throws {
    let message = NeighbourDiscoveryMessage.solicitation(
      of: Self.target, source: MACAddress(2, 0, 0, 0, 0, 1))
    try Self.solicitation.read { (bytes) throws(WireError) in
      let view = try ICMPv6View(parsing: bytes)
      expect(view.isChecksumValid(source: Self.source, destination: Self.target.solicitedNode))
      let discovery = try view.neighbourDiscovery()
      #expect(discovery.target == Self.target)
      #expect(discovery.sourceLinkLayer == MACAddress(2, 0, 0, 0, 0, 1))
      #expect(discovery.targetLinkLayer == nil)
      #expect(discovery.linkLayerOffset(source: true) == 26)
      #expect(NeighbourDiscoveryMessage(discovery) == message)
    }
    let emitted = try written(32) { (bytes) throws(WireError) in
      try message.emit(
        into: &bytes, source: Self.source, destination: Self.target.solicitedNode)
    }
    #expect(emitted == Self.solicitation)
  }

  @Test func advertisementIsReadAndWritten() throws {
    let message = NeighbourDiscoveryMessage.advertisement(
      of: Self.target, linkLayer: MACAddress(2, 0, 0, 0, 0, 2))
    try Self.advertisement.read { (bytes) throws(WireError) in
      let discovery = try NeighbourDiscoveryView(parsing: bytes)
      expect(discovery.isSolicited && discovery.overrides && !discovery.isRouter)
      #expect(discovery.targetLinkLayer == MACAddress(2, 0, 0, 0, 0, 2))
      #expect(discovery.sourceLinkLayer == nil)
      #expect(array(discovery.option(2)) == bytes.extracting(24..<32).array)
      #expect(NeighbourDiscoveryMessage(discovery) == message)
    }
    let emitted = try written(32) { (bytes) throws(WireError) in
      try message.emit(into: &bytes, source: Self.target, destination: Self.source)
    }
    #expect(emitted == Self.advertisement)
  }

  @Test func routerMessagesHaveTheirOptions() throws {
    let message = NeighbourDiscoveryMessage.routerSolicitation(
      source: MACAddress(2, 0, 0, 0, 0, 1))
    let solicitation = try written(16) { (bytes) throws(WireError) in
      try message.emit(into: &bytes, source: Self.source, destination: .allRouters)
    }
    #expect(Array(solicitation.dropFirst(8)) == bytes("0101020000000001"))
    try solicitation.read { (bytes) throws(WireError) in
      let view = try NeighbourDiscoveryView(parsing: bytes)
      #expect(view.target == nil)
      #expect(NeighbourDiscoveryMessage(view) == message)
    }
    // Hop limit 64, lifetime 1800 s; an MTU option, then the source's address.
    let advertisement = bytes(
      "86000000 40000708 00000000 00000000 05010000000005dc 0101020000000009")
    try advertisement.read { (bytes) throws(WireError) in
      let view = try NeighbourDiscoveryView(parsing: bytes)
      #expect(view.sourceLinkLayer == MACAddress(2, 0, 0, 0, 0, 9))
      #expect(array(view.option(5))?.suffix(2) == [5, 0xDC])
      #expect(NeighbourDiscoveryMessage(view) == nil)
    }
  }

  @Test func brokenOptionsAreRefused() {
    for (digits, error) in [
      ("0100020000000001", WireError.badLength(0)),
      ("0102020000000001", .truncated(needed: 40, available: 32)),
    ] {
      #expect(throws: error) {
        try (Self.solicitation.prefix(24) + bytes(digits)).asArray.read {
          (bytes) throws(WireError) in
          _ = try NeighbourDiscoveryView(parsing: bytes)
        }
      }
    }
    #expect(throws: WireError.badField) {
      try Self.echo.read { (bytes) throws(WireError) in
        _ = try NeighbourDiscoveryView(parsing: bytes)
      }
    }
  }

  @Test func errorsQuoteTheirPacket() throws {
    let message = bytes("02000000 00000500") + IPv6Tests.packet.prefix(48)
    try message.read { (bytes) throws(WireError) in
      let view = try ICMPv6View(parsing: bytes)
      #expect(ICMPv6Header(view) == .packetTooBig(mtu: 1280))
      #expect(try view.quotedPacket().source == IPv6Tests.header.source)
    }
    #expect(throws: WireError.badField) {
      try Self.echo.read { (bytes) throws(WireError) in
        _ = try ICMPv6View(parsing: bytes).quotedPacket()
      }
    }
  }

  @Test func shortOnesAreRefused() {
    expectPrefixesRefused(of: Self.echo, below: 8) { (bytes) throws(WireError) in
      _ = try ICMPv6View(parsing: bytes)
    }
    // A solicitation without its option is whole, too.
    expectPrefixesRefused(of: Self.solicitation, below: 24) { (bytes) throws(WireError) in
      _ = try NeighbourDiscoveryView(parsing: bytes)
    }
    let message = NeighbourDiscoveryMessage.solicitation(of: Self.target, source: .zero)
    expectShortRoomRefused(below: 32) { (bytes) throws(WireError) in
      try message.emit(into: &bytes, source: Self.source, destination: Self.target)
    }
    expectShortRoomRefused(below: 8) { (bytes) throws(WireError) in
      try ICMPv6Header(type: .echoReply)
        .emit(into: &bytes, source: Self.source, destination: Self.target)
    }
  }

  @Test func transportsHaveTheirPseudoHeader() throws {
    // UDP port 1 to 2, "abc", from fe80::1 to fe80::2.
    var datagram = bytes("00010002 000b0000 616263")
    let sum = datagram.read { bytes in
      var sum = InternetChecksum.pseudoHeader(
        source: Self.source, destination: Self.target, protocol: .udp, length: bytes.byteCount)
      sum.add(bytes)
      return sum.value
    }
    try datagram.read { (bytes) throws(WireError) in
      expect(
        try !UDPView(parsing: bytes).isChecksumValid(
          source: Self.source, destination: Self.target))
    }
    (datagram[6], datagram[7]) = (UInt8(sum >> 8), UInt8(sum & 255))
    try datagram.read { (bytes) throws(WireError) in
      expect(
        try UDPView(parsing: bytes).isChecksumValid(
          source: Self.source, destination: Self.target))
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.advertisement) { bytes in
      guard let view = try? ICMPv6View(parsing: bytes) else { return }
      _ = ICMPv6Header(view)
      _ = (try? view.quotedPacket())?.extensions
      guard let discovery = try? view.neighbourDiscovery() else { return }
      _ = (discovery.target, discovery.sourceLinkLayer, discovery.targetLinkLayer)
      _ = NeighbourDiscoveryMessage(discovery)
    }
  }
}

extension RawSpan {
  fileprivate var array: [UInt8] { [UInt8](self) }
}

extension ArraySlice<UInt8> {
  fileprivate var asArray: [UInt8] { [UInt8](self) }
}
