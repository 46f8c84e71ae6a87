import MartletWire
import Testing

@Suite struct IPv4Tests {
  /// A ping's header as Linux sends it, and four bytes of payload.
  static let packet = bytes("45b8 0018 4c90 4000 40 01 0000 0a090001 0a090002 08000102")
    .withChecksum(at: 10, over: 20)
  /// A later fragment with router alert and padding.
  static let optioned = bytes(
    "4700 0020 0007 20b9 01 11 0000 0a090001 e0000001 94040000 01010100 61626364"
  )
  .withChecksum(at: 10, over: 28)

  @Test func fieldsAreRead() throws {
    try Self.packet.read { (bytes) throws(WireError) in
      let view = try IPv4View(parsing: bytes)
      #expect(view.headerLength == 20)
      #expect(view.totalLength == 24)
      #expect(view.typeOfService == 0xB8)
      #expect(view.differentiatedServices == 46)
      #expect(view.congestion == .notCapable)
      #expect(view.identification == 0x4C90)
      expect(view.dontFragment && !view.moreFragments && !view.isFragment)
      #expect(view.fragmentOffset == 0)
      #expect(view.timeToLive == 64)
      #expect(view.payloadProtocol == .icmp)
      #expect(view.source == IPv4Address(10, 9, 0, 1))
      #expect(view.destination == IPv4Address(10, 9, 0, 2))
      #expect([UInt8](view.payload) == [8, 0, 1, 2])
      expect(view.isChecksumValid)
      #expect(view.options.byteCount == 0)
    }
  }

  @Test func fragmentWithOptionsIsRead() throws {
    try Self.optioned.read { (bytes) throws(WireError) in
      let view = try IPv4View(parsing: bytes)
      #expect(view.headerLength == 28)
      expect(view.isFragment && view.moreFragments && !view.dontFragment)
      #expect(view.fragmentOffset == 0xB9 * 8)
      #expect([UInt8](view.payload) == [0x61, 0x62, 0x63, 0x64])
      var options = IPv4OptionIterator(view.options)
      let first = options.next()
      expect(first?.kind == .routerAlert)
      expect(first?.data.byteCount == 2)
      expect(options.next() == nil)
      expect(!options.isMalformed)
    }
  }

  @Test(arguments: [packet, optioned])
  func headerComesBack(packet: [UInt8]) throws {
    let (header, payload) = try packet.read { (bytes) throws(WireError) in
      let view = try IPv4View(parsing: bytes)
      return (IPv4Header(view), [UInt8](view.payload))
    }
    let emitted = try written(header.length) { (bytes) throws(WireError) in
      try header.emit(into: &bytes, payloadLength: payload.count)
    }
    #expect(emitted + payload == packet)
  }

  @Test func paddingOfTheLinkIsCutOff() throws {
    let padded = Self.packet + [0, 0, 0, 0]
    let count = try padded.read { (bytes) throws(WireError) in
      try IPv4View(parsing: bytes).payload.byteCount
    }
    #expect(count == 4)
  }

  @Test func tooShortIsRefused() {
    for packet in [Self.packet, Self.optioned] {
      expectPrefixesRefused(of: packet) { (bytes) throws(WireError) in
        _ = try IPv4View(parsing: bytes)
      }
    }
    expectPrefixesRefused(of: Self.optioned, below: 28) { (bytes) throws(WireError) in
      _ = try IPv4View(parsingQuoted: bytes)
    }
    var header = IPv4Header(source: .loopback, destination: .loopback, payloadProtocol: .udp)
    header.options = .routerAlert
    expectShortRoomRefused(below: 24) { (bytes) throws(WireError) in
      try header.emit(into: &bytes, payloadLength: 0)
    }
  }

  @Test func quoteMayEndBehindItsHeader() throws {
    for length in 20...24 {
      try [UInt8](Self.packet.prefix(length)).read { (bytes) throws(WireError) in
        let view = try IPv4View(parsingQuoted: bytes)
        #expect(view.totalLength == 24)
        #expect(view.payload.byteCount == length - 20)
      }
    }
  }

  @Test(
    arguments: [
      (0, 0x65, .badVersion(6)), (0, 0x44, .badLength(16)), (3, 19, .badLength(19)),
      (0, 0x40, .badLength(0)),
    ] as [(Int, UInt8, WireError)])
  func impossibleLengthsAreRefused(index: Int, byte: UInt8, error: WireError) {
    var packet = Self.packet
    packet[index] = byte
    #expect(throws: error) {
      try packet.read { (bytes) throws(WireError) in _ = try IPv4View(parsing: bytes) }
    }
    #expect(throws: error) {
      try packet.read { (bytes) throws(WireError) in _ = try IPv4View(parsingQuoted: bytes) }
    }
  }

  @Test func impossibleHeadersAreNotSent() {
    var header = IPv4Header(source: .loopback, destination: .loopback, payloadProtocol: .udp)
    func emit(_ length: Int) throws(WireError) {
      _ = try written(60) { (bytes) throws(WireError) in
        try header.emit(into: &bytes, payloadLength: length)
      }
    }
    #expect(throws: Never.self) { try emit(65_515) }
    #expect(throws: WireError.badLength(65_516)) { try emit(65_516) }
    #expect(throws: WireError.badLength(-1)) { try emit(-1) }
    for offset in [-8, 4, 65_536] {
      header.fragmentOffset = offset
      #expect(throws: WireError.badField) { try emit(8) }
    }
  }

  @Test(
    arguments: [
      ("", 0), ("00", 0), ("01010101", 0), ("0704080a 00", 1), ("0704080a 94040000", 2),
    ] as [(String, Int)])
  func optionsAreWalked(digits: String, count: Int) {
    bytes(digits).read { bytes in
      var options = IPv4OptionIterator(bytes)
      var seen = 0
      while options.next() != nil { seen += 1 }
      #expect(seen == count)
      expect(!options.isMalformed)
    }
  }

  @Test(arguments: ["07", "0700", "0701", "0705 0000", "0101 9404"])
  func impossibleOptionLengthEndsTheWalk(digits: String) {
    bytes(digits).read { bytes in
      var options = IPv4OptionIterator(bytes)
      while options.next() != nil {}
      expect(options.isMalformed)
      expect(options.next() == nil)
    }
  }

  @Test func optionsToSendArePadded() throws {
    let options = try bytes("0705 04 0102").read { (bytes) throws(WireError) in
      try IPv4Options(bytes)
    }
    #expect(options.length == 8)
    var header = IPv4Header(source: .loopback, destination: .loopback, payloadProtocol: .udp)
    header.options = options
    let emitted = try written(28) { (bytes) throws(WireError) in
      try header.emit(into: &bytes, payloadLength: 0)
    }
    #expect([UInt8](emitted.suffix(8)) == bytes("0705 0401 0200 0000"))
    #expect(emitted[0] == 0x47)
    #expect(throws: WireError.badLength(41)) {
      try [UInt8](repeating: 1, count: 41).read { (bytes) throws(WireError) in
        _ = try IPv4Options(bytes)
      }
    }
  }

  @Test func congestionBitsAreTheLowTwo() {
    var header = IPv4Header(source: .loopback, destination: .loopback, payloadProtocol: .udp)
    header.typeOfService = 0xB8
    for bits in [ExplicitCongestion.notCapable, .capable1, .capable0, .experienced] {
      header.congestion = bits
      #expect(header.typeOfService == 0xB8 | bits.rawValue)
      #expect(header.congestion == bits)
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.optioned) { bytes in
      for quoted in [false, true] {
        guard
          let view = quoted ? try? IPv4View(parsingQuoted: bytes) : try? IPv4View(parsing: bytes)
        else { continue }
        _ = IPv4Header(view)
        _ = (view.isChecksumValid, view.payload.byteCount, view.packet.byteCount)
        var options = IPv4OptionIterator(view.options)
        while options.next() != nil {}
      }
    }
  }
}

extension [UInt8] {
  /// These bytes with the checksum of the first `count` of them at `offset`, where zeros stand.
  func withChecksum(at offset: Int, over count: Int? = nil) -> Self {
    var copy = self
    let sum = InternetChecksumTests.reference(prefix(count ?? self.count))
    copy[offset] = UInt8(sum >> 8)
    copy[offset + 1] = UInt8(sum & 255)
    return copy
  }
}
