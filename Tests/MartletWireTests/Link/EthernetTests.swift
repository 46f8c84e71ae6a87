import MartletWire
import Testing

@Suite struct EthernetTests {
  static let frame = bytes("ffffffffffff 020000000001 0806 abcdef")

  @Test func fieldsAreRead() throws {
    try Self.frame.read { (bytes) throws(WireError) in
      let view = try EthernetView(parsing: bytes)
      #expect(view.destination == .broadcast)
      #expect(view.source == MACAddress(2, 0, 0, 0, 0, 1))
      #expect(view.etherType == .arp)
      #expect([UInt8](view.payload) == [0xAB, 0xCD, 0xEF])
    }
  }

  @Test func headerComesBack() throws {
    let header = try Self.frame.read { (bytes) throws(WireError) in
      EthernetHeader(try EthernetView(parsing: bytes))
    }
    let emitted = try written(14) { (bytes) throws(WireError) in try header.emit(into: &bytes) }
    #expect(emitted == [UInt8](Self.frame.prefix(14)))
  }

  @Test func tooShortIsRefused() {
    expectPrefixesRefused(of: Self.frame, below: 14) { (bytes) throws(WireError) in
      _ = try EthernetView(parsing: bytes)
    }
    let header = EthernetHeader(destination: .broadcast, source: .zero, etherType: .ipv4)
    expectShortRoomRefused(below: 14) { (bytes) throws(WireError) in
      try header.emit(into: &bytes)
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.frame) { bytes in
      guard let view = try? EthernetView(parsing: bytes) else { return }
      _ = (view.destination, view.source, view.etherType, view.payload.byteCount)
    }
  }
}
