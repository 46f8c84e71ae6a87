import MartletWire
import Testing

@Suite struct IPv6Tests {
  static let addresses = """
    20010db8000000000000000000000001 20010db8000000000000000000000002
    """
  /// Class 0xb8, label 0x12345, 9 bytes of UDP.
  static let packet = bytes("6b812345 00091140 \(addresses) 00010002 00090000 61")

  static let header: IPv6Header = {
    var header = IPv6Header(
      source: IPv6Address(high: 0x2001_0db8 << 32, low: 1),
      destination: IPv6Address(high: 0x2001_0db8 << 32, low: 2), nextHeader: .udp)
    header.trafficClass = 0xB8
    header.flowLabel = 0x12345
    return header
  }()

  @Test func fieldsAreReadAndWritten() throws {
    // Padding of the link behind the packet.
    try (Self.packet + [0, 0, 0]).read { (bytes) throws(WireError) in
      let view = try IPv6View(parsing: bytes)
      #expect(IPv6Header(view) == Self.header)
      #expect(view.differentiatedServices == 46 && view.congestion == .notCapable)
      #expect(view.payloadLength == 9)
      #expect([UInt8](view.packet) == Self.packet)
      #expect(view.extensions.payloadProtocol == .udp)
      #expect(view.extensions.payloadOffset == 0 && view.extensions.kinds.isEmpty)
    }
    let emitted = try written(40) { (bytes) throws(WireError) in
      try Self.header.emit(into: &bytes, payloadLength: 9)
    }
    #expect(emitted == Array(Self.packet.prefix(40)))
  }

  @Test func shortOnesAreRefused() throws {
    expectPrefixesRefused(of: Self.packet) { (bytes) throws(WireError) in
      _ = try IPv6View(parsing: bytes)
    }
    expectPrefixesRefused(of: Self.packet, below: 40) { (bytes) throws(WireError) in
      _ = try IPv6View(parsingQuoted: bytes)
    }
    expectShortRoomRefused(below: 40) { (bytes) throws(WireError) in
      try Self.header.emit(into: &bytes, payloadLength: 0)
    }
    #expect(throws: WireError.badLength(65_536)) {
      try written(40) { (bytes) throws(WireError) in
        try Self.header.emit(into: &bytes, payloadLength: 65_536)
      }
    }
    #expect(throws: WireError.badVersion(4)) {
      try [0x45].appending(Self.packet.dropFirst()).read { (bytes) throws(WireError) in
        _ = try IPv6View(parsing: bytes)
      }
    }
  }

  // MARK: Extension headers

  /// What is walked, its first header, and what must come out.
  static let walks: [(String, IPProtocol, IPProtocol, Int, IPv6Extensions.Kinds)] = [
    ("1100010400000000", .hopByHop, .udp, 8, [.hop]),
    // Hop by hop, destination, routing, fragment, authentication, destination, TCP.
    (
      """
      3c00010400000000 2b00010400000000 2c00040000000000 3300000000000001
      3c04000000000001 0000000100000000 0000000000000000 0600010400000000
      """, .hopByHop, .tcp, 64, [.hop, .destination, .router, .fragment, .authentication]
    ),
    ("", .noNextHeader, .noNextHeader, 0, [.noNext]),
    ("3b00010400000000", .destinationOptions, .noNextHeader, 8, [.destination, .noNext]),
    (
      "0000000100000001", .encapsulatingSecurity, .encapsulatingSecurity, 0,
      [.encapsulatingSecurity]
    ),
    // Routing before hop by hop.
    ("0000040000000000 1100010400000000", .routing, .udp, 16, [.router, .hop, .unsequenced]),
    // Two routing headers.
    ("2b00040000000000 1100040000000000", .routing, .udp, 16, [.router, .repeated]),
    // Sixteen bytes of hop-by-hop options.
    ("3a01050200000100 0000000000000000", .hopByHop, .icmpv6, 16, [.hop]),
  ]

  @Test(arguments: walks)
  func headersAreWalked(
    digits: String, first: IPProtocol, last: IPProtocol, offset: Int, kinds: IPv6Extensions.Kinds
  ) {
    let found = bytes(digits).read { IPv6Extensions(walking: $0, first: first) }
    #expect(found.payloadProtocol == last)
    #expect(found.payloadOffset == offset)
    #expect(found.kinds == kinds)
    #expect(found.error == nil && !found.isFragment)
  }

  @Test func fragmentsEndTheWalk() {
    // TCP's middle could be read as a header of options; it is not.
    let later = bytes("3c00 0b51 00001234 1100010400000000").read {
      IPv6Extensions(walking: $0, first: .fragment)
    }
    #expect(later.isFragment && later.fragmentOffset == 0xB50)
    #expect(later.identification == 0x1234)
    #expect(later.payloadProtocol == .destinationOptions && later.payloadOffset == 8)
    let first = bytes("3c00 0001 00001234 1100010400000000").read {
      IPv6Extensions(walking: $0, first: .fragment)
    }
    #expect(first.isFragment && first.fragmentOffset == 0)
    #expect(first.payloadProtocol == .udp && first.payloadOffset == 16)
  }

  @Test func theWalkIsBounded() {
    let many = [UInt8](repeating: 0, count: 8).withFirst(60)
    let stack = (0..<40).flatMap { _ in many }
    let found = stack.read { IPv6Extensions(walking: $0, first: .destinationOptions) }
    #expect(found.error == .badLength(IPv6ExtensionIterator.maximumCount))
    #expect(found.kinds.contains(.repeated))
  }

  @Test func everyTruncationIsSaid() {
    let whole = bytes(Self.walks[1].0)
    for length in 0..<whole.count {
      let found = [UInt8](whole.prefix(length)).read {
        IPv6Extensions(walking: $0, first: .hopByHop)
      }
      let isBorder = [8, 16, 24, 32, 56].contains(length)
      guard case .truncated(let needed, let available) = found.error else {
        Issue.record("\(length) bytes were walked")
        continue
      }
      #expect(needed > available && (!isBorder || available == 0))
    }
  }

  @Test func anyBytesAreRead() {
    let sample = bytes("60000000 00480040 \(Self.addresses)") + bytes(Self.walks[1].0)
    readByChance(like: sample + bytes("0001000200090000")) { bytes in
      guard let view = try? IPv6View(parsingQuoted: bytes) else { return }
      _ = (IPv6Header(view), view.payload.byteCount)
      let found = view.extensions
      #expect(found.payloadOffset <= view.payload.byteCount)
    }
  }
}

extension [UInt8] {
  fileprivate func appending(_ more: some Sequence<UInt8>) -> [UInt8] { self + Array(more) }
  fileprivate func withFirst(_ byte: UInt8) -> [UInt8] { [byte] + dropFirst() }
}
