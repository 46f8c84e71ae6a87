import MartletWire
import Testing

@Suite struct UDPTests {
  static let source = IPv4Address(10, 9, 0, 1)
  static let destination = IPv4Address(10, 9, 0, 2)
  /// `hello` from port 4000 to 5000, as Linux sends it.
  static let datagram = bytes("0fa0 1388 000d 84c5 68656c6c6f")

  @Test func fieldsAreRead() throws {
    try Self.datagram.read { (bytes) throws(WireError) in
      let view = try UDPView(parsing: bytes)
      expect(view.sourcePort == 4000 && view.destinationPort == 5000)
      #expect(view.length == 13)
      #expect(view.checksum == 0x84C5)
      #expect([UInt8](view.payload) == Array("hello".utf8))
      expect(view.isChecksumValid(source: Self.source, destination: Self.destination))
      expect(!view.isChecksumValid(source: Self.source, destination: Self.source))
    }
  }

  @Test func datagramComesBack() throws {
    let header = try Self.datagram.read { (bytes) throws(WireError) in
      UDPHeader(try UDPView(parsing: bytes))
    }
    let emitted = try written(13) { (bytes) throws(WireError) in
      var sum = InternetChecksum()
      [UInt8](Self.datagram.dropFirst(8)).read { sum.copy($0, into: &bytes, at: 8) }
      try header.emit(
        into: &bytes, payloadLength: 5, payloadSum: sum, source: Self.source,
        destination: Self.destination)
    }
    #expect(emitted == Self.datagram)
  }

  @Test func withoutAChecksumAllIsValid() throws {
    let header = UDPHeader(sourcePort: 1, destinationPort: 2)
    let emitted = try written(8) { (bytes) throws(WireError) in
      try header.emit(into: &bytes, payloadLength: 0)
    }
    #expect(emitted == bytes("0001 0002 0008 0000"))
    try emitted.read { (bytes) throws(WireError) in
      let view = try UDPView(parsing: bytes)
      expect(view.isChecksumValid(source: Self.source, destination: Self.destination))
    }
  }

  @Test func computedZeroIsSentAsOnes() {
    var sum = InternetChecksum()
    sum.add(0xFFFF as UInt16)
    #expect(sum.value == 0)
    #expect(UDPHeader.checksum(sum) == 0xFFFF)
  }

  @Test func tooShortIsRefused() {
    expectPrefixesRefused(of: Self.datagram) { (bytes) throws(WireError) in
      _ = try UDPView(parsing: bytes)
    }
    let header = UDPHeader(sourcePort: 1, destinationPort: 2)
    expectShortRoomRefused(below: 8) { (bytes) throws(WireError) in
      try header.emit(into: &bytes, payloadLength: 0)
    }
    for length in [-1, 65_528, .max] {
      #expect(throws: WireError.badLength(length)) {
        _ = try written(8) { (bytes) throws(WireError) in
          try header.emit(into: &bytes, payloadLength: length)
        }
      }
    }
  }

  @Test func lengthBelowTheHeaderIsRefused() {
    var datagram = Self.datagram
    datagram[5] = 7
    #expect(throws: WireError.badLength(7)) {
      try datagram.read { (bytes) throws(WireError) in _ = try UDPView(parsing: bytes) }
    }
  }

  @Test func bytesBehindTheDatagramAreCutOff() throws {
    try (Self.datagram + [9, 9]).read { (bytes) throws(WireError) in
      expect(try UDPView(parsing: bytes).payload.byteCount == 5)
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.datagram) { bytes in
      guard let view = try? UDPView(parsing: bytes) else { return }
      _ = (UDPHeader(view), view.payload.byteCount)
      _ = view.isChecksumValid(source: Self.source, destination: Self.destination)
    }
  }
}
