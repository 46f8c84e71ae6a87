import MartletDevice
import MartletWire
import Testing

@Suite struct TCPOptionsTests {
  static func block(_ left: UInt32, _ right: UInt32) -> TCPOptions.Block {
    .init(left: SequenceNumber(rawValue: left), right: SequenceNumber(rawValue: right))
  }

  static func parsed(_ digits: String) -> TCPOptions {
    bytes(digits).read { TCPOptions(parsing: $0) }
  }

  static func emitted(_ options: TCPOptions) throws -> [UInt8] {
    try written(options.encodedLength) { (bytes) throws(WireError) in
      try options.emit(into: &bytes)
    }
  }

  @Test func everyOptionIsRead() {
    let options = Self.parsed(
      "020405b4 030307 0402 080a 00000001 00000002 1c048005 050a 00000003 00000004 00")
    #expect(options.maximumSegmentSize == 1460)
    #expect(options.windowScale == 7)
    #expect(options.selectiveAcknowledgmentPermitted)
    #expect(options.timestamps == .init(value: 1, echo: 2))
    #expect(options.userTimeout == 0x8005)
    #expect(options.userTimeoutInSeconds == 300)
    #expect(options.selectiveAcknowledgmentCount == 1)
    #expect(options.selectiveAcknowledgment(at: 0) == Self.block(3, 4))
    expect(!options.isMalformed)
  }

  @Test func fastPathReadsWhatTheSlowOneReads() {
    let fast = Self.parsed("0101 080a 01020304 05060708")
    let slow = Self.parsed("080a 01020304 05060708 0101")
    #expect(fast == slow)
    #expect(fast.timestamps == .init(value: 0x0102_0304, echo: 0x0506_0708))
  }

  @Test func unknownOptionsAreSkipped() {
    let options = Self.parsed("fe06f9890001 1303 00 020405b4")
    #expect(options.maximumSegmentSize == 1460)
    expect(!options.isMalformed)
  }

  @Test(arguments: ["0203 05 0402", "0303 ff", "050b 0000000000000000 00", "1c03 00", "0403 00"])
  func wrongLengthsAreSkipped(digits: String) {
    let options = Self.parsed(digits)
    #expect(options.maximumSegmentSize == nil)
    #expect(options.windowScale == nil || options.windowScale == 14)
    #expect(options.userTimeout == nil)
    #expect(options.selectiveAcknowledgmentCount == 0)
    expect(!options.isMalformed)
  }

  @Test(arguments: ["02", "0200", "0201", "0205 05b4", "01 08", "050a 00000000"])
  func impossibleLengthEndsTheList(digits: String) {
    #expect(Self.parsed(digits).isMalformed)
  }

  @Test func endStopsTheList() {
    #expect(Self.parsed("00 020405b4").maximumSegmentSize == nil)
  }

  @Test func bytesOfEveryOptionAreKnown() throws {
    var options = TCPOptions()
    #expect(try Self.emitted(options).isEmpty)
    options.maximumSegmentSize = 1460
    #expect(try Self.emitted(options) == bytes("020405b4"))
    options.selectiveAcknowledgmentPermitted = true
    #expect(try Self.emitted(options) == bytes("020405b4 01010402"))
    options.windowScale = 7
    #expect(try Self.emitted(options) == bytes("020405b4 01010402 01030307"))
    options.timestamps = .init(value: 1, echo: 2)
    #expect(try Self.emitted(options) == bytes("020405b4 0402080a 00000001 00000002 01030307"))
    options.userTimeoutInSeconds = 90
    #expect(try Self.emitted(options).suffix(4) == bytes("1c04005a")[...])
    options = TCPOptions()
    options.timestamps = .init(value: 1, echo: 2)
    options.appendSelectiveAcknowledgment(Self.block(5, 6))
    #expect(
      try Self.emitted(options)
        == bytes("0101080a 00000001 00000002 0101050a 00000005 00000006"))
  }

  @Test func blocksBeyondTheRoomAreLeftOut() throws {
    var options = TCPOptions()
    for number in 1...5 { options.appendSelectiveAcknowledgment(Self.block(UInt32(number), 9)) }
    #expect(options.selectiveAcknowledgmentCount == 4)
    #expect(try Self.emitted(options).count == 36)
    options.timestamps = .init(value: 1, echo: 2)
    let bytes = try Self.emitted(options)
    #expect(bytes.count == 40)
    let read = bytes.read { TCPOptions(parsing: $0) }
    #expect(read.selectiveAcknowledgmentCount == 3)
    #expect(read.selectiveAcknowledgment(at: 2) == Self.block(3, 9))
  }

  @Test(
    arguments: [
      (0, 0, 0), (32_767, 0x7FFF, 32_767), (32_768, 0x8000 | 547, 547 * 60),
      (.max, 0xFFFF, 32_767 * 60),
    ] as [(UInt32, UInt16, UInt32)])
  func userTimeoutRoundsUpToMinutes(seconds: UInt32, field: UInt16, read: UInt32) {
    var options = TCPOptions()
    options.userTimeoutInSeconds = seconds
    #expect(options.userTimeout == field)
    #expect(options.userTimeoutInSeconds == read)
  }

  @Test func whateverIsMadeComesBack() throws {
    var generator = SplitMix64(seed: 9)
    for _ in 0..<5000 {
      var options = TCPOptions()
      func flip() -> Bool { Bool.random(using: &generator) }
      if flip() { options.maximumSegmentSize = .random(in: 0 ... .max, using: &generator) }
      if flip() { options.windowScale = .random(in: 0...14, using: &generator) }
      if flip() { options.selectiveAcknowledgmentPermitted = true }
      if flip() {
        options.timestamps = .init(
          value: .random(in: 0 ... .max, using: &generator), echo: 5)
      }
      if flip() { options.userTimeout = .random(in: 0 ... .max, using: &generator) }
      let room = (36 - options.encodedLength) / 8
      for number in 0..<min(4, max(0, room)) where flip() {
        options.appendSelectiveAcknowledgment(Self.block(UInt32(number), 77))
      }
      let bytes = try Self.emitted(options)
      #expect(bytes.count % 4 == 0 && bytes.count <= 40)
      #expect(bytes.read { TCPOptions(parsing: $0) } == options)
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(
      like: bytes("020405b4 0402080a 00000001 00000002 01030307 0101050a 0000000500000006")
    ) {
      let options = TCPOptions(parsing: $0)
      guard let again = try? Self.emitted(options) else {
        Issue.record("what was read cannot be sent")
        return
      }
      #expect(again.count <= 40)
    }
  }
}
