import MartletWire
import Testing

@Suite struct SCTPTests {
  /// An INIT from port 32836 to 80; its checksum by a bitwise CRC.
  static let packet = bytes(
    "80440050 00000000 bd1f39d2 01000014 43232520 0001ffff 000affff 11223344")

  @Test func theChecksumIsThatOfTheStandards() {
    // RFC 3720, appendix B.4, and the check value of the catalogue.
    #expect([UInt8](repeating: 0, count: 32).read { CRC32C.of($0) } == 0x8A91_36AA)
    #expect([UInt8](repeating: 0xFF, count: 32).read { CRC32C.of($0) } == 0x62A8_AB43)
    #expect([UInt8](0..<32).read { CRC32C.of($0) } == 0x46DD_794E)
    #expect([UInt8]("123456789".utf8).read { CRC32C.of($0) } == 0xE306_9283)
    #expect([UInt8]().read { CRC32C.of($0) } == 0)
  }

  @Test func piecesAddUp() {
    let whole = [UInt8]((0..<100).map { UInt8($0 * 7 & 255) })
    let expected = whole.read { CRC32C.of($0) }
    for cut in 0...whole.count {
      var sum = CRC32C()
      [UInt8](whole[..<cut]).read { sum.add($0) }
      [UInt8](whole[cut...]).read { sum.add($0) }
      #expect(sum.value == expected)
    }
  }

  @Test func fieldsAreReadAndWritten() throws {
    let header = SCTPHeader(sourcePort: 32836, destinationPort: 80, verificationTag: 0)
    try Self.packet.read { (bytes) throws(WireError) in
      let view = try SCTPView(parsing: bytes)
      #expect(SCTPHeader(view) == header)
      expect(view.isChecksumValid)
      expect(view.payload.byteCount == Self.packet.count - 12)
    }
    let emitted = try written(Self.packet.count) { (bytes) throws(WireError) in
      Self.packet.dropFirst(12).withIndices { bytes.store($1, at: $0) }
      try header.emit(into: &bytes)
    }
    #expect(emitted == Self.packet)
    for index in Self.packet.indices {
      var changed = Self.packet
      changed[index] ^= 0x10
      changed.read { bytes in
        guard let view = try? SCTPView(parsing: bytes) else { return }
        expect(!view.isChecksumValid)
      }
    }
  }

  @Test func shortOnesAreRefused() {
    expectPrefixesRefused(of: Self.packet, below: 12) { (bytes) throws(WireError) in
      _ = try SCTPView(parsing: bytes)
    }
    let header = SCTPHeader(sourcePort: 1, destinationPort: 2, verificationTag: 3)
    expectShortRoomRefused(below: 12) { (bytes) throws(WireError) in
      try header.emit(into: &bytes)
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.packet) { bytes in
      guard let view = try? SCTPView(parsing: bytes) else { return }
      _ = (SCTPHeader(view), view.isChecksumValid)
    }
  }
}

extension ArraySlice<UInt8> {
  /// Each byte with its index.
  fileprivate func withIndices(_ body: (Int, UInt8) -> Void) {
    for index in indices { body(index, self[index]) }
  }
}
