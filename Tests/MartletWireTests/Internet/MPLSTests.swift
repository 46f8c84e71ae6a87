import MartletWire
import Testing

@Suite struct MPLSTests {
  /// Label 100, class 5, TTL 64; label 16, bottom, TTL 255; then two bytes.
  static let stack = bytes("00064a40 000101ff 4500")

  @Test func entriesAreReadAndWritten() throws {
    let entries = [
      MPLSLabel(label: 100, trafficClass: 5, isBottom: false, timeToLive: 64),
      MPLSLabel(label: 16, isBottom: true, timeToLive: 255),
    ]
    try Self.stack.read { (bytes) throws(WireError) in
      let view = try MPLSView(parsing: bytes)
      expect(view.count == 2 && view.top == entries[0] && view[1] == entries[1])
      #expect([UInt8](view.payload) == [0x45, 0])
      #expect(try MPLSLabel(parsing: bytes) == entries[0])
    }
    #expect(entries[0].label == 100 && entries[0].trafficClass == 5)
    #expect(!entries[0].isBottom && entries[0].timeToLive == 64)
    let emitted = try written(4) { (bytes) throws(WireError) in try entries[0].emit(into: &bytes) }
    #expect(emitted == Array(Self.stack.prefix(4)))
    let highest = MPLSLabel(label: .max, trafficClass: .max, isBottom: true, timeToLive: .max)
    #expect(highest.rawValue == .max)
  }

  @Test func shortOnesAreRefused() {
    expectPrefixesRefused(of: Self.stack, below: 8) { (bytes) throws(WireError) in
      _ = try MPLSView(parsing: bytes)
    }
    expectPrefixesRefused(of: Self.stack, below: 4) { (bytes) throws(WireError) in
      _ = try MPLSLabel(parsing: bytes)
    }
    expectShortRoomRefused(below: 4) { (bytes) throws(WireError) in
      try MPLSLabel(rawValue: 1).emit(into: &bytes)
    }
  }

  @Test func aStackWithoutBottomEnds() {
    #expect(throws: WireError.badLength(64)) {
      try [UInt8](repeating: 0, count: 400).read { (bytes) throws(WireError) in
        _ = try MPLSView(parsing: bytes)
      }
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.stack) { bytes in
      guard let view = try? MPLSView(parsing: bytes) else { return }
      for index in 0..<view.count { _ = view[index] }
      _ = view.payload.byteCount
    }
  }
}
