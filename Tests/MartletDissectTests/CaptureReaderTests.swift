import MartletDevice
import MartletDissect
import Testing

@Suite struct CaptureReaderTests {
  static let time = CaptureTime(seconds: 1_700_000_000, nanoseconds: 123_456_789)
  static let frames: [[UInt8]] = [[1, 2, 3], [], [UInt8](repeating: 0xA5, count: 1514)]

  // MARK: Foreign files

  @Test(arguments: ["lan.pcapng", "lan-ns.pcap"])
  func otherProgramsFilesAreRead(name: String) throws {
    let packets = try Captures.packets(name)
    let expected = try Captures.packets("lan.pcap").prefix(12)
    #expect(packets == [CapturedPacket](expected))
  }

  // MARK: Round trips

  @Test(arguments: [ByteOrder.little, .big], [false, true])
  func pcapComesBack(order: ByteOrder, inNanoseconds: Bool) throws {
    let writer = PcapWriter(linkType: .raw, order: order, inNanoseconds: inNanoseconds)
    var file = writer.header
    for frame in Self.frames {
      file += frame.pcap(writer, time: Self.time, originalLength: frame.count + 7)
    }
    #expect(
      file.prefix(4)
        == (order == .big
          ? [0xA1, 0xB2] : [inNanoseconds ? 0x4D : 0xD4, inNanoseconds ? 0x3C : 0xC3])
        + (order == .big ? (inNanoseconds ? [0x3C, 0x4D] : [0xC3, 0xD4]) : [0xB2, 0xA1]))
    let packets = try packets(in: file)
    #expect(packets.map(\.bytes) == Self.frames)
    for packet in packets {
      #expect(packet.linkType == .raw)
      #expect(packet.originalLength == packet.bytes.count + 7)
      #expect(!packet.isWhole)
      #expect(packet.time?.seconds == 1_700_000_000)
      #expect(packet.time?.nanoseconds == (inNanoseconds ? 123_456_789 : 123_456_000))
    }
  }

  @Test(arguments: [ByteOrder.little, .big])
  func pcapngComesBack(order: ByteOrder) throws {
    let (file, packets) = Self.pcapng(order)
    let read = try MartletDissectTests.packets(in: file)
    #expect(read == packets)
  }

  /// A file with two interfaces, both directions and a packet without a time, and what is in it.
  static func pcapng(_ order: ByteOrder) -> ([UInt8], [CapturedPacket]) {
    let writer = PcapngWriter(order: order)
    var file = writer.header + writer.interface(.ethernet, name: "tap0")
    file += writer.interface(.raw, name: "tun0")
    let packets = [
      CapturedPacket(frames[0], time: time, direction: .received),
      CapturedPacket(
        frames[2], time: time, linkType: .raw, interface: 1, direction: .sent,
        originalLength: 2000),
      CapturedPacket(frames[1], time: CaptureTime(seconds: 0)),
      CapturedPacket(frames[0], time: nil),
    ]
    for packet in packets { file += packet.bytes.pcapng(writer, packet) }
    return (file, packets)
  }

  @Test func sectionsOfBothOrdersFollowEachOther() throws {
    let (little, packets) = Self.pcapng(.little)
    let (big, _) = Self.pcapng(.big)
    let read = try MartletDissectTests.packets(in: little + big + little)
    #expect(read == packets + packets + packets)
  }

  @Test(arguments: ["pcap", "pcapng"])
  func theSizeOfThePiecesDoesNotMatter(format: String) throws {
    let file = try Captures.bytes("lan.\(format)")
    let whole = try packets(in: file)
    for size in [1, 7, 4096] {
      var reader = CaptureReader()
      var packets: [CapturedPacket] = []
      for start in stride(from: 0, to: file.count, by: size) {
        reader.append([UInt8](file[start..<min(start + size, file.count)]))
        while let packet = try reader.next() { packets.append(packet) }
      }
      try reader.finish()
      #expect(packets == whole)
    }
  }

  @Test(.enabled(if: Tool.tshark.isInstalled), arguments: [ByteOrder.little, .big])
  func tsharkReadsWhatIsWritten(order: ByteOrder) throws {
    let fields = ["frame.time_epoch", "frame.cap_len", "frame.len", "frame.interface_id"]
    let lines = try Tool.tshark.lines(
      of: Self.pcapng(order).0, ["-T", "fields"] + fields.flatMap { ["-e", $0] })
    #expect(
      lines == [
        "1700000000.123456789\t3\t3\t0", "1700000000.123456789\t1514\t2000\t1",
        "0.000000000\t0\t0\t0", "\t3\t3\t0",
      ])
    let writer = PcapWriter(order: order, inNanoseconds: true)
    let file = writer.header + Self.frames[2].pcap(writer, time: Self.time)
    let times = try Tool.tshark.lines(of: file, ["-T", "fields", "-e", "frame.time_epoch"])
    #expect(times == ["1700000000.123456789"])
  }

  // MARK: Units of time

  @Test(
    arguments: [
      (0, 3, CaptureTime(seconds: 3)),
      (3, 1_500, CaptureTime(seconds: 1, nanoseconds: 500_000_000)),
      (9, 1_000_000_001, CaptureTime(seconds: 1, nanoseconds: 1)),
      (12, 1_000_000_999_999, CaptureTime(seconds: 1, nanoseconds: 999)),
      (18, .max, CaptureTime(seconds: 18, nanoseconds: 446_744_073)),
      (0x80 | 10, 1024 + 512, CaptureTime(seconds: 1, nanoseconds: 500_000_000)),
      (0x80 | 63, .max, CaptureTime(seconds: 1, nanoseconds: 999_999_999)),
    ] as [(UInt8, UInt64, CaptureTime)])
  func unitsOfTimeAreUnderstood(unit: UInt8, units: UInt64, time: CaptureTime) throws {
    let read = try packets(in: Self.file(unit: unit, units: units))
    #expect(read.map(\.time) == [time])
  }

  @Test func tooFineAUnitIsRefused() {
    #expect(throws: CaptureError(offset: 28, problem: .badTimeResolution(19))) {
      try packets(in: Self.file(unit: 19, units: 1))
    }
  }

  /// Big-endian, one interface with if_tsresol, one packet of no bytes.
  static func file(unit: UInt8, units: UInt64) -> [UInt8] {
    PcapngWriter(order: .big).header
      + bytes("00000001 00000020 0001 0000 00000000 0009 0001") + [unit, 0, 0, 0]
      + bytes("00000000 00000020") + bytes("00000006 00000020 00000000")
      + (0..<8).map { UInt8(truncatingIfNeeded: units >> (56 - 8 * $0)) }
      + bytes("00000000 00000000 00000020")
  }

  // MARK: Damage

  @Test(arguments: ["lan.pcap", "lan.pcapng"])
  func everyBeginningSaysWhereItEnds(name: String) throws {
    let file = [UInt8](try Captures.bytes(name).prefix(1200))
    for length in 0..<file.count {
      var reader = CaptureReader()
      reader.append([UInt8](file.prefix(length)))
      while try reader.next() != nil {}
      do {
        try reader.finish()
        // The file ends between two packets.
        #expect(reader.offset == length)
      } catch {
        #expect(error.offset == reader.offset)
        guard case .truncated(let needed, let available) = error.problem else {
          Issue.record("\(error)")
          continue
        }
        #expect(available == length - error.offset)
        #expect(needed > available)
      }
    }
  }

  static let header = PcapWriter(order: .big).header
  static let section = PcapngWriter(order: .big).header
  static let interface = PcapngWriter(order: .big).interface()

  @Test(
    arguments: [
      (bytes("00010203"), 0, .unknownFormat(0x0001_0203)),
      (header.setting(5, to: 3), 0, .unknownVersion(major: 3, minor: 4)),
      (header + bytes("00000000 00000000 00040001 00040001"), 24, .badPacketLength(262_145)),
      (section.setting(13, to: 2), 0, .unknownVersion(major: 2, minor: 0)),
      (section.setting(8, to: 0), 0, .unknownByteOrder(0x002B_3C4D)),
      (section.setting(7, to: 24), 0, .badBlockLength(24)),
      (section + bytes("00000099 0000000e 00000000 0000"), 28, .badBlockLength(14)),
      (section + bytes("00000099 01000004 00000000"), 28, .badBlockLength(0x0100_0004)),
      (section + bytes("00000099 00000010 00000000 0000000c"), 28, .unequalBlockLengths(16, 12)),
      (section + bytes("00000003 00000010 00000000 00000010"), 28, .unknownInterface(0)),
      (
        section + interface
          + bytes("00000006 00000020 00000001 00000000 00000000 00000000 00000000 00000020"),
        28 + interface.count, .unknownInterface(1)
      ),
      (
        section + interface
          + bytes("00000006 00000020 00000000 00000000 00000000 00000001 00000001 00000020"),
        28 + interface.count, .badPacketLength(1)
      ),
      (
        section + bytes("00000001 00000018 0001 0000 00000000 0009 0005 00000018"), 28,
        .badOption(9)
      ),
    ] as [([UInt8], Int, CaptureError.Problem)])
  func damageIsNamedWithItsPlace(file: [UInt8], offset: Int, problem: CaptureError.Problem) {
    let error = CaptureError(offset: offset, problem: problem)
    #expect(throws: error) { try packets(in: file) }
    #expect(error.description.hasPrefix("at byte \(offset): "))
    // A second call says the same.
    var reader = CaptureReader()
    reader.append(file)
    for _ in 0..<2 { #expect(throws: error) { while try reader.next() != nil {} } }
  }

  @Test func tooManyInterfacesAreRefused() {
    let file = (0...CaptureReader.maximumInterfaceCount).reduce(into: Self.section) { file, _ in
      file += Self.interface
    }
    #expect(throws: CaptureError.self) { try packets(in: file) }
  }

  @Test(arguments: ["lan.pcap", "lan.pcapng"])
  func changedFilesNeverTrap(name: String) throws {
    let file = [UInt8](try Captures.bytes(name).prefix(2500))
    var generator = SplitMix64(seed: 3)
    var errors = 0
    for _ in 0..<4000 {
      var changed = file
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        changed[Int.random(in: 0..<file.count, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      do { _ = try packets(in: changed) } catch { errors += 1 }
    }
    #expect(errors > 100)
  }

  // MARK: Times

  @Test func timesAreWritten() {
    #expect(CaptureTime(seconds: 0).description == "00:00:00.000000")
    #expect(CaptureTime(seconds: 86_399, nanoseconds: 1999).description == "23:59:59.000001")
    #expect(CaptureTime(seconds: -1, nanoseconds: 750_000_000).description == "23:59:59.750000")
    #expect(CaptureTime(seconds: -1, nanoseconds: 750_000_000).secondsText == "-0.250000000")
    #expect(CaptureTime(seconds: 5, nanoseconds: 42).secondsText == "5.000000042")
    #expect(CaptureTime(seconds: 1, nanoseconds: 2_500_000_000).seconds == 3)
    #expect(CaptureTime(seconds: .min).description.count == 15)
  }
}
