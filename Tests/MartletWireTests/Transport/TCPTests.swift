import MartletWire
import Testing

@Suite struct TCPTests {
  static let source = IPv4Address(10, 9, 0, 1)
  static let destination = IPv4Address(10, 9, 0, 2)
  /// A SYN that Linux sent: MSS, SACK permitted, timestamps, NOP, window scale.
  static let syn = bytes(
    """
    dd6a 0051 38bf855e 00000000 a002 faf0 fc2f 0000
    020405b4 0402080a 40c86026 00000000 01030 30a
    """)

  @Test func fieldsAreRead() throws {
    try Self.syn.read { (bytes) throws(WireError) in
      let view = try TCPView(parsing: bytes)
      expect(view.sourcePort == 56682 && view.destinationPort == 81)
      #expect(view.sequenceNumber.rawValue == 952_075_614)
      #expect(view.acknowledgmentNumber.rawValue == 0)
      #expect(view.flags == .syn)
      #expect(view.window == 64240)
      #expect(view.checksum == 0xFC2F)
      #expect(view.urgentPointer == 0)
      #expect(view.headerLength == 40)
      #expect(view.payload.byteCount == 0)
      expect(view.isChecksumValid(source: Self.source, destination: Self.destination))
      expect(!view.isChecksumValid(source: Self.destination, destination: Self.destination))
    }
  }

  @Test func segmentComesBack() throws {
    let (header, options) = try Self.syn.read { (bytes) throws(WireError) in
      let view = try TCPView(parsing: bytes)
      return (TCPHeader(view), TCPOptions(parsing: view.options))
    }
    // Linux and we order and align these options alike but for the NOP before the scale.
    let emitted = try written(40) { (bytes) throws(WireError) in
      try header.emit(
        into: &bytes, options: options, payloadLength: 0, payloadSum: InternetChecksum(),
        source: Self.source, destination: Self.destination)
    }
    #expect(emitted == Self.syn)
  }

  @Test func payloadIsInTheChecksum() throws {
    let header = TCPHeader(
      sourcePort: 1, destinationPort: 2, sequenceNumber: SequenceNumber(rawValue: 3),
      acknowledgmentNumber: SequenceNumber(rawValue: 4), flags: [.ack, .psh], window: 5)
    let segment = try written(25) { (bytes) throws(WireError) in
      var sum = InternetChecksum()
      Array("hello".utf8).read { sum.copy($0, into: &bytes, at: 20) }
      try header.emit(
        into: &bytes, payloadLength: 5, payloadSum: sum, source: Self.source,
        destination: Self.destination)
    }
    #expect(
      segment.prefix(16) == bytes("0001 0002 00000003 00000004 5018 0005")[...])
    try segment.read { (bytes) throws(WireError) in
      let view = try TCPView(parsing: bytes)
      expect(view.isChecksumValid(source: Self.source, destination: Self.destination))
      #expect([UInt8](view.payload) == Array("hello".utf8))
      #expect(TCPHeader(view) == header)
    }
  }

  @Test func tooShortIsRefused() {
    expectPrefixesRefused(of: Self.syn) { (bytes) throws(WireError) in
      _ = try TCPView(parsing: bytes)
    }
    let header = TCPHeader(
      sourcePort: 1, destinationPort: 2, sequenceNumber: SequenceNumber(rawValue: 0), flags: .syn,
      window: 0)
    var options = TCPOptions()
    options.maximumSegmentSize = 1460
    expectShortRoomRefused(below: 24) { (bytes) throws(WireError) in
      try header.emit(into: &bytes, options: options)
    }
    #expect(throws: WireError.badLength(65_496)) {
      _ = try written(60) { (bytes) throws(WireError) in
        try header.emit(
          into: &bytes, payloadLength: 65_496, payloadSum: InternetChecksum(),
          source: Self.source, destination: Self.destination)
      }
    }
  }

  @Test(arguments: 0..<5)
  func headerBelowTwentyBytesIsRefused(words: UInt8) {
    var segment = Self.syn
    segment[12] = words << 4
    #expect(throws: WireError.badLength(Int(words) * 4)) {
      try segment.read { (bytes) throws(WireError) in _ = try TCPView(parsing: bytes) }
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.syn) { bytes in
      guard let view = try? TCPView(parsing: bytes) else { return }
      let options = TCPOptions(parsing: view.options)
      _ = (TCPHeader(view), view.payload.byteCount, options.userTimeoutInSeconds)
      for index in 0..<options.selectiveAcknowledgmentCount {
        _ = options.selectiveAcknowledgment(at: index)
      }
      _ = view.isChecksumValid(source: Self.source, destination: Self.destination)
    }
  }
}
