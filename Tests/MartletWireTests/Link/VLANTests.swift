import MartletWire
import Testing

@Suite struct VLANTests {
  /// Priority 3, drop eligible, network 0x123.
  static let tagged = bytes("7123 0800 4500")

  @Test func fieldsAreRead() throws {
    try Self.tagged.read { (bytes) throws(WireError) in
      let view = try VLANView(parsing: bytes)
      #expect(view.tag.identifier == 0x123)
      #expect(view.tag.priority == 3)
      #expect(view.tag.isDropEligible)
      #expect(view.etherType == .ipv4)
      #expect([UInt8](view.payload) == [0x45, 0])
      let header = VLANHeader(view)
      let emitted = try written(4) { (bytes) throws(WireError) in try header.emit(into: &bytes) }
      #expect(emitted == [UInt8](Self.tagged.prefix(4)))
    }
  }

  @Test func tagIsMadeFromItsParts() {
    #expect(VLANTag(identifier: 0x123, priority: 3, isDropEligible: true).rawValue == 0x7123)
    #expect(VLANTag(identifier: 0xF123, priority: 8).rawValue == 0x0123)
  }

  @Test func tooShortIsRefused() {
    expectPrefixesRefused(of: Self.tagged, below: 4) { (bytes) throws(WireError) in
      _ = try VLANView(parsing: bytes)
    }
    let header = VLANHeader(tag: VLANTag(identifier: 1), etherType: .ipv4)
    expectShortRoomRefused(below: 4) { (bytes) throws(WireError) in
      try header.emit(into: &bytes)
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.tagged) { bytes in
      guard let view = try? VLANView(parsing: bytes) else { return }
      _ = (view.tag, view.etherType, view.payload.byteCount)
    }
  }
}
