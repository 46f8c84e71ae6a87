import MartletWire
import Testing

@Suite struct VXLANTests {
  /// As Linux sends it: VNI 42 and the beginning of a frame.
  static let packet = bytes("08000000 00002a00 ffffffffffff 020000000001 0806")

  @Test func fieldsAreReadAndWritten() throws {
    try Self.packet.read { (bytes) throws(WireError) in
      let view = try VXLANView(parsing: bytes)
      #expect(view.networkIdentifier == 42)
      #expect([UInt8](view.payload) == Array(Self.packet.dropFirst(8)))
      #expect(VXLANHeader(view) == VXLANHeader(networkIdentifier: 42))
    }
    let header = try written(8) { (bytes) throws(WireError) in
      try VXLANHeader(networkIdentifier: 42).emit(into: &bytes)
    }
    #expect(header == Array(Self.packet.prefix(8)))
    #expect(VXLANHeader(networkIdentifier: 0xFF00_0001).networkIdentifier == 1)
  }

  @Test func reservedBitsAreIgnoredAndTheFlagIsNot() throws {
    try bytes("ffffffff 123456ff").read { (bytes) throws(WireError) in
      expect(try VXLANView(parsing: bytes).networkIdentifier == 0x123456)
    }
    #expect(throws: WireError.badField) {
      try bytes("f7ffffff 12345600").read { (bytes) throws(WireError) in
        _ = try VXLANView(parsing: bytes)
      }
    }
  }

  @Test func shortOnesAreRefused() {
    expectPrefixesRefused(of: Self.packet, below: 8) { (bytes) throws(WireError) in
      _ = try VXLANView(parsing: bytes)
    }
    expectShortRoomRefused(below: 8) { (bytes) throws(WireError) in
      try VXLANHeader(networkIdentifier: 1).emit(into: &bytes)
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.packet) { bytes in
      guard let view = try? VXLANView(parsing: bytes) else { return }
      _ = (VXLANHeader(view), view.payload.byteCount)
    }
  }
}
