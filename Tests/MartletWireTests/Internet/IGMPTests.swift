import MartletWire
import Testing

@Suite struct IGMPTests {
  static let report = bytes("1600 07fd e1010101")
  static let value = IGMPMessage(type: .membershipReport, group: IPv4Address(225, 1, 1, 1))

  @Test func bytesAndFieldsAreTheSame() throws {
    try Self.report.read { (bytes) throws(WireError) in
      let view = try IGMPView(parsing: bytes)
      expect(view.isChecksumValid)
      #expect(IGMPMessage(view) == Self.value)
    }
    let emitted = try written(8) { (bytes) throws(WireError) in try Self.value.emit(into: &bytes) }
    #expect(emitted == Self.report)
  }

  @Test func queryHasAResponseTime() throws {
    let query = IGMPMessage(type: .membershipQuery, maximumResponseTime: 100, group: .unspecified)
    let emitted = try written(8) { (bytes) throws(WireError) in try query.emit(into: &bytes) }
    #expect(emitted == bytes("1164 ee9b 00000000"))
  }

  @Test func longerMessagesAreVerifiedWhole() throws {
    // A query of version 3: four more bytes, in the checksum too.
    let query = bytes("1164 0000 00000000 027d 0000").withChecksum(at: 2)
    try query.read { (bytes) throws(WireError) in
      expect(try IGMPView(parsing: bytes).isChecksumValid)
    }
  }

  @Test func tooShortIsRefused() {
    expectPrefixesRefused(of: Self.report) { (bytes) throws(WireError) in
      _ = try IGMPView(parsing: bytes)
    }
    expectShortRoomRefused(below: 8) { (bytes) throws(WireError) in
      try Self.value.emit(into: &bytes)
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.report) { bytes in
      guard let view = try? IGMPView(parsing: bytes) else { return }
      _ = (IGMPMessage(view), view.isChecksumValid)
    }
  }
}
