import MartletDevice
import MartletWire
import Testing

@Suite struct DNSTests {
  /// What dnsmasq answered to `_x._tcp.example SRV`: 1 2 80 www.example.
  static let service = bytes(
    """
    1255 8580 0001 0001 0000 0000 02 5f78 04 5f746370 07 6578616d706c65 00 0021 0001
    c00c 0021 0001 00000000 0013 0001 0002 0050 03 777777 07 6578616d706c65 00
    """)

  static func text(_ name: borrowing DNSName) -> String {
    var labels = name.labels
    var text = ""
    while let label = labels.next() {
      text += String(decoding: [UInt8](label), as: UTF8.self) + "."
    }
    return text
  }

  @Test func answerIsRead() throws {
    try Self.service.read { (bytes) throws(WireError) in
      var reader = try DNSReader(bytes)
      #expect(reader.header.identifier == 0x1255)
      #expect(reader.header.isResponse && reader.header.isAuthoritative)
      #expect(reader.header.recursionDesired && reader.header.recursionAvailable)
      #expect(!reader.header.isTruncated)
      #expect(reader.header.responseCode == .noError && reader.header.operation == 0)
      guard let question = try reader.nextQuestion() else { return missing() }
      expect(Self.text(question.name) == "_x._tcp.example.")
      #expect(question.type == .srv && question.recordClass == .internet)
      guard let record = try reader.nextRecord() else { return missing() }
      expect(Self.text(record.name) == "_x._tcp.example.")
      #expect(record.section == .answer && record.timeToLive == 0)
      #expect(record.service == DNSService(priority: 1, weight: 2, port: 80))
      expect(Self.text(try record.target()) == "www.example.")
      #expect(record.address == nil)
      let last = try reader.nextRecord() == nil
      #expect(last)
    }
  }

  private func missing() { Issue.record("the message ended early") }

  // MARK: Writing

  static func message(
    _ header: DNSHeader = .query(identifier: 7), room: Int = 512,
    _ body: (inout DNSBuilder) throws(WireError) -> Void
  ) throws(WireError) -> [UInt8] {
    var length = 0
    let bytes = try written(room) { (bytes) throws(WireError) in
      var builder = try DNSBuilder(header, into: &bytes)
      try body(&builder)
      length = builder.length
    }
    return [UInt8](bytes.prefix(length))
  }

  static func with(
    _ text: String, _ body: (RawSpan) throws(WireError) -> Void
  ) throws(WireError) { try Array(text.utf8).read(body) }

  @Test func queryIsWritten() throws {
    for text in ["www.example", "www.example."] {
      let query = try Self.message { (builder) throws(WireError) in
        try Self.with(text) { (name) throws(WireError) in
          try builder.appendQuestion(name, type: .a)
        }
      }
      #expect(
        query
          == bytes(
            "0007 0100 0001 0000 0000 0000 03 777777 07 6578616d706c65 00 0001 0001"))
    }
  }

  @Test func everyRecordComesBack() throws {
    let message = try Self.message(DNSHeader.query(identifier: 7).response()) {
      (builder) throws(WireError) in
      try Self.with("a.example") { (name) throws(WireError) in
        try builder.appendQuestion(name, type: .any)
        try builder.append(name: name, timeToLive: 60, address: IPv4Address(10, 0, 0, 1))
        try Self.with("B.example") { (target) throws(WireError) in
          try builder.append(name: name, type: .cname, timeToLive: 61, target: target)
          try builder.append(
            .additional, name: name, timeToLive: 62,
            service: DNSService(priority: 1, weight: 2, port: 3), target: target)
        }
        try bytes("05 68656c6c6f 00").read { (data) throws(WireError) in
          try builder.append(.additional, name: name, type: .txt, timeToLive: 63, data: data)
        }
      }
    }
    try message.read { (bytes) throws(WireError) in
      var reader = try DNSReader(bytes)
      #expect(reader.header.isResponse && reader.header.recursionDesired)
      guard let first = try reader.nextRecord() else { return missing() }
      #expect(first.address == IPv4Address(10, 0, 0, 1) && first.timeToLive == 60)
      // The question's own name is a pointer.
      #expect(first.name.encodedLength == 2 && first.name.expandedLength == 11)
      guard let second = try reader.nextRecord() else { return missing() }
      expect(Self.text(try second.target()) == "B.example.")
      guard let third = try reader.nextRecord() else { return missing() }
      #expect(third.section == .additional && third.service?.port == 3)
      guard let fourth = try reader.nextRecord() else { return missing() }
      var strings = fourth.strings
      expect(array(strings.next()) == Array("hello".utf8))
      expect(array(strings.next()) == [])
      let ended = strings.next() == nil
      #expect(ended)
    }
  }

  @Test func questionIsEchoedAsItCame() throws {
    let query = try Self.message { (builder) throws(WireError) in
      try Self.with("WwW.Example") { (name) throws(WireError) in
        try builder.appendQuestion(name, type: .aaaa)
      }
    }
    let answer = try query.read { (bytes) throws(WireError) in
      var reader = try DNSReader(bytes)
      guard let question = try reader.nextQuestion() else { throw .badField }
      return try Self.message(reader.header.response(.nameError)) {
        (builder) throws(WireError) in try builder.appendQuestion(question)
      }
    }
    #expect(answer.dropFirst(4) == query.dropFirst(4))
    #expect(answer[2] == 0x81 && answer[3] == 3)
  }

  @Test(
    arguments: [
      ("a..b", .badLength(0)), (".a", .badLength(0)),
      (String(repeating: "x", count: 64), .badLength(64)),
      (String(repeating: "x.", count: 128), .badLength(256)),
    ] as [(String, WireError)])
  func impossibleNamesAreNotSent(name: String, error: WireError) {
    #expect(throws: error) {
      _ = try Self.message { (builder) throws(WireError) in
        try Self.with(name) { (name) throws(WireError) in
          try builder.appendQuestion(name, type: .a)
        }
      }
    }
  }

  @Test func longestNameIsSentAndRead() throws {
    let text = String(repeating: "x.", count: 127)
    let query = try Self.message { (builder) throws(WireError) in
      try Self.with(text) { (name) throws(WireError) in
        try builder.appendQuestion(name, type: .a)
      }
    }
    try query.read { (bytes) throws(WireError) in
      let name = try DNSName(in: bytes, at: 12)
      #expect(name.expandedLength == 255)
      let written = try written(253) { (bytes) throws(WireError) in
        #expect(try name.writeText(into: &bytes) == 253)
      }
      #expect(String(decoding: written, as: UTF8.self) == String(text.dropLast()))
      expect(Array(text.utf8).read { name.matches(text: $0) })
    }
  }

  @Test func sectionsComeInOrder() {
    #expect(throws: WireError.badField) {
      _ = try Self.message { (builder) throws(WireError) in
        try Self.with("a") { (name) throws(WireError) in
          try builder.append(.additional, name: name, timeToLive: 0, address: .loopback)
          try builder.append(.answer, name: name, timeToLive: 0, address: .loopback)
        }
      }
    }
  }

  @Test func noRoomLeavesTheMessageWhole() throws {
    for room in 12..<80 {
      let message = try Self.message(room: room) { (builder) throws(WireError) in
        try Self.with("a.example") { (name) throws(WireError) in
          do throws(WireError) {
            try builder.appendQuestion(name, type: .a)
            for _ in 0..<9 {
              try builder.append(name: name, timeToLive: 0, address: .loopback)
            }
            Issue.record("all found room in \(room)")
          } catch {
            guard case .truncated = error else {
              Issue.record("\(error)")
              return
            }
          }
        }
      }
      try message.read { (bytes) throws(WireError) in
        var reader = try DNSReader(bytes)
        while try reader.nextRecord() != nil {}
      }
    }
    expectShortRoomRefused(below: 12) { (bytes) throws(WireError) in
      _ = try DNSBuilder(.query(identifier: 1), into: &bytes).length
    }
  }

  // MARK: Damage

  @Test func tooShortIsRefused() {
    expectPrefixesRefused(of: Self.service) { (bytes) throws(WireError) in
      var reader = try DNSReader(bytes)
      while let record = try reader.nextRecord() { _ = try record.target().isRoot }
    }
  }

  @Test(
    arguments: [
      // A pointer to itself, one forwards, two that point at each other.
      ("c00c", .badField), ("c00e 0000", .badField), ("c00e c00c", .badField),
      // Label kinds of old experiments.
      ("4001 00", .badField), ("8001 00", .badField),
    ] as [(String, WireError)])
  func namesThatLeadAstrayAreRefused(name: String, error: WireError) {
    let message = bytes("0007 0000 0001 0000 0000 0000") + bytes(name) + bytes("0001 0001")
    #expect(throws: error) {
      try message.read { (bytes) throws(WireError) in _ = try DNSName(in: bytes, at: 12).isRoot }
    }
  }

  @Test func nameBeyond255BytesIsRefused() {
    // Labels of 63 bytes, each with a pointer to the one before.
    var message: [UInt8] = []
    var previous: Int?
    for _ in 0..<5 {
      let start = message.count
      message += [63] + [UInt8](repeating: 0x78, count: 63)
      message += previous.map { [0xC0 | UInt8($0 >> 8), UInt8($0 & 255)] } ?? [0]
      previous = start
    }
    let start = previous ?? 0
    #expect(throws: WireError.badLength(257)) {
      try message.read { (bytes) throws(WireError) in _ = try DNSName(in: bytes, at: start).isRoot }
    }
  }

  @Test(arguments: [127, 128]) func pointersToPointersAreFollowedSoFar(count: Int) throws {
    // The root, and a row of pointers, each to the one before.
    var message: [UInt8] = [0]
    for place in 0..<count {
      let target = max(0, 2 * place - 1)
      message += [0xC0 | UInt8(target >> 8), UInt8(target & 255)]
    }
    let start = message.count - 2
    let isRoot = try? message.read { (bytes) throws(WireError) in
      try DNSName(in: bytes, at: start).isRoot
    }
    #expect(isRoot == (count < 128 ? true : nil))
  }

  @Test func lettersMatchWithoutCase() throws {
    let message = bytes("03 777757 00 03 57775A 00 03 777757 c000 00")
    try message.read { (bytes) throws(WireError) in
      let name = try DNSName(in: bytes, at: 0)
      expect(name.matches(try DNSName(in: bytes, at: 0)))
      expect(!name.matches(try DNSName(in: bytes, at: 5)))
      expect(!name.matches(try DNSName(in: bytes, at: 10)))
      expect(Array("WWW.".utf8).read { name.matches(text: $0) })
      expect(!Array("ww".utf8).read { name.matches(text: $0) })
      expect(!Array("".utf8).read { name.matches(text: $0) })
    }
  }

  @Test func anyBytesAreRead() {
    readByChance(like: Self.service, rounds: 20_000) { bytes in
      guard var reader = try? DNSReader(bytes) else { return }
      do throws(WireError) {
        while let question = try reader.nextQuestion() { _ = Self.text(question.name) }
        while let record = try reader.nextRecord() {
          _ = (record.address, record.service, record.data.byteCount)
          if let target = try? record.target() { _ = Self.text(target) }
          var strings = record.strings
          while strings.next() != nil {}
        }
      } catch {}
    }
  }
}
