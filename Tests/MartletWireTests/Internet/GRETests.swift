import MartletWire
import Testing

@Suite struct GRETests {
  static let payload: [UInt8] = [0x45, 0, 0, 0x14, 0xFF]

  /// Every combination of the optional fields, and the bytes of its header without a checksum.
  static let headers: [(GREHeader, [UInt8])] = (0..<8).map { combination in
    var header = GREHeader(payloadType: .ipv4)
    header.hasChecksum = combination & 4 != 0
    header.key = combination & 2 != 0 ? 0x0102_0304 : nil
    header.sequenceNumber = combination & 1 != 0 ? 0x0A0B_0C0D : nil
    let flags = UInt8((combination & 4) << 5 | (combination & 2) << 4 | (combination & 1) << 4)
    var expected = [flags, 0, 8, 0]
    if header.hasChecksum { expected += [0, 0, 0, 0] }
    if header.key != nil { expected += [1, 2, 3, 4] }
    if header.sequenceNumber != nil { expected += [10, 11, 12, 13] }
    return (header, expected)
  }

  @Test(arguments: headers)
  func everyCombinationIsWrittenAndRead(header: GREHeader, expected: [UInt8]) throws {
    var expected = expected + Self.payload
    if header.hasChecksum { expected = expected.withChecksum(at: 4) }
    let packet = try written(header.length + Self.payload.count) { (bytes) throws(WireError) in
      var sum = InternetChecksum()
      Self.payload.read { sum.copy($0, into: &bytes, at: header.length) }
      try header.emit(into: &bytes, payloadSum: sum)
    }
    #expect(packet == expected)
    try packet.read { (bytes) throws(WireError) in
      let view = try GREView(parsing: bytes)
      #expect(GREHeader(view) == header)
      #expect(view.headerLength == header.length)
      expect(view.isChecksumValid)
      #expect([UInt8](view.payload) == Self.payload)
    }
    expectPrefixesRefused(of: packet, below: header.length) { (bytes) throws(WireError) in
      _ = try GREView(parsing: bytes)
    }
    expectShortRoomRefused(below: header.length) { (bytes) throws(WireError) in
      try header.emit(into: &bytes)
    }
  }

  @Test func damageIsSeen() throws {
    // As Linux would send it, with a checksum over a whole packet.
    let packet = bytes(
      """
      80000800 8c320000 45000021 004d0000 4011666b 0a090001 0a090002 0fa01388 000d84c5
      68656c6c6f
      """)
    for (index, isValid) in [(0, true), (30, false)] {
      var changed = packet
      if index > 0 { changed[index] ^= 1 }
      try changed.read { (bytes) throws(WireError) in
        expect(try GREView(parsing: bytes).isChecksumValid == isValid)
      }
    }
  }

  @Test(
    arguments: [
      ("4000 0800", .badField), ("0800 0800", .badField), ("0400 0800", .badField),
      ("0001 0800", .badVersion(1)), ("2081 880b", .badVersion(1)),
    ] as [(String, WireError)])
  func otherKindsAreRefused(digits: String, error: WireError) {
    #expect(throws: error) {
      try bytes(digits + "0000000000000000").read { (bytes) throws(WireError) in
        _ = try GREView(parsing: bytes)
      }
    }
  }

  @Test func reservedBitsAreIgnored() throws {
    try bytes("03f8 0800").read { (bytes) throws(WireError) in
      expect(try GREView(parsing: bytes).headerLength == 4)
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: bytes("b0000800 00000000 00000001 00000002 0102")) { bytes in
      guard let view = try? GREView(parsing: bytes) else { return }
      _ = (GREHeader(view), view.isChecksumValid, view.payload.byteCount)
    }
  }
}
