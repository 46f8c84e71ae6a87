import MartletWire
import Testing

@Suite struct ICMPv4Tests {
  /// An echo request that Linux sent.
  static let echo = bytes("08006667 0001 0002 6162636465666768")
  /// Fragmentation needed, MTU 1400, with 28 bytes of a datagram to UDP port 5000.
  static let error = bytes(
    """
    0304 4f89 0000 0578
    45000021 004d0000 4011666b 0a090001 0a090002 0fa0 1388 000d 84c5
    """)

  @Test func echoIsRead() throws {
    try Self.echo.read { (bytes) throws(WireError) in
      let view = try ICMPv4View(parsing: bytes)
      expect(view.type == .echo && view.code == .none)
      expect(view.identifier == 1 && view.sequenceNumber == 2)
      expect(view.isChecksumValid)
      #expect([UInt8](view.payload) == Array("abcdefgh".utf8))
      #expect(throws: WireError.badField) { _ = try view.quotedPacket().headerLength }
    }
  }

  @Test func errorQuotesItsPacket() throws {
    try Self.error.read { (bytes) throws(WireError) in
      let view = try ICMPv4View(parsing: bytes)
      expect(view.type.isError)
      expect(view.code == .fragmentationNeeded && view.nextHopMTU == 1400)
      expect(view.isChecksumValid)
      let quote = try view.quotedPacket()
      #expect(quote.totalLength == 33)
      #expect(quote.payload.byteCount == 8)
      #expect(quote.payload.load(UInt16.self, at: 2) == 5000)
    }
  }

  @Test(arguments: [echo, error])
  func messageComesBack(message: [UInt8]) throws {
    let header = try message.read { (bytes) throws(WireError) in
      ICMPv4Header(try ICMPv4View(parsing: bytes))
    }
    let emitted = try written(message.count) { (bytes) throws(WireError) in
      [UInt8](message.dropFirst(8)).read { bytes.copy($0, at: 8) }
      try header.emit(into: &bytes)
    }
    #expect(emitted == message)
  }

  @Test func headersAreMadeForTheirPurpose() {
    #expect(ICMPv4Header(type: .echo, identifier: 1, sequenceNumber: 2).rest == 0x0001_0002)
    #expect(ICMPv4Header.fragmentationNeeded(nextHopMTU: 1400).rest == 1400)
    #expect(ICMPv4Header.redirect(.forHost, to: .loopback).rest == 0x7F00_0001)
    #expect(ICMPv4Header.parameterProblem(at: 20).rest == 20 << 24)
  }

  @Test func tooShortIsRefused() {
    expectPrefixesRefused(of: Self.echo, below: 8) { (bytes) throws(WireError) in
      _ = try ICMPv4View(parsing: bytes)
    }
    expectPrefixesRefused(of: Self.error, below: 28) { (bytes) throws(WireError) in
      _ = try ICMPv4View(parsing: bytes).quotedPacket().headerLength
    }
    expectShortRoomRefused(below: 8) { (bytes) throws(WireError) in
      try ICMPv4Header(type: .echo).emit(into: &bytes)
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.error) { bytes in
      guard let view = try? ICMPv4View(parsing: bytes) else { return }
      _ = (ICMPv4Header(view), view.isChecksumValid, view.payload.byteCount)
      _ = (view.gateway, view.pointer, view.checksum)
      if let quote = try? view.quotedPacket() { _ = (quote.payload.byteCount, quote.source) }
    }
  }
}
