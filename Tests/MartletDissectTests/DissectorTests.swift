import MartletDevice
import MartletDissect
import Testing

@Suite struct DissectorTests {
  let dissector = Dissector()

  @Test func captureIsToldAsTheGoldenFileSays() throws {
    let golden = String(decoding: try Captures.bytes("lan.txt"), as: UTF8.self)
      .split(separator: "\n").map(String.init)
    let packets = try Captures.packets("lan.pcap")
    let lines = packets.map { "\($0.time?.description ?? "-") \(dissector.line(of: $0))" }
    #expect(lines.count == golden.count)
    for (line, expected) in zip(lines, golden) { #expect(line == expected) }
  }

  @Test(.enabled(if: Tool.tcpdump.isInstalled))
  func linesAreThoseOfTcpdump() throws {
    let file = try Captures.bytes("lan.pcap")
    let theirs = try Tool.tcpdump.lines(of: file, ["-nn", "-S", "-t"])
    let ours = try Captures.packets("lan.pcap").map { dissector.line(of: $0) }
    #expect(ours.count == theirs.count)
    var compared = 0
    for (our, their) in zip(ours, theirs) {
      // Where we say more, or name what tcpdump also names by another word.
      guard
        !["DNS", "DHCP", "vlan", "ARP, P", "ARP, An", "SCTP", "ip-proto", "ethertype", "802.3"]
          .contains(where: our.contains), !their.contains("ip-proto"), !their.contains("off 0x0")
      else { continue }
      compared += 1
      #expect(Self.common(our) == Self.common(their))
    }
    #expect(compared > 55)
  }

  /// A line without what one of both adds in parentheses, brackets or behind a colon.
  private static func common(_ line: String) -> String {
    var line = line
    for mark in [" (frag", " (options", " [IP ", ": HTTP", ": org"] {
      if let range = line.firstRange(of: mark) { line = String(line[..<range.lowerBound]) }
    }
    return line.replacing(", length 20", with: "")
  }

  // MARK: Single packets

  /// 10.0.0.1 to 10.0.0.2, UDP port 1 to 2, three bytes.
  static let datagram = bytes(
    """
    020000000002 020000000001 0800
    4500001f 00010000 401166cb 0a000001 0a000002
    00010002 000b2770 616263
    """)

  @Test func damageIsNamed() {
    let whole = Self.datagram
    #expect(dissector.line(of: whole) == "IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 3")
    #expect(
      dissector.line(of: whole.setting(24, to: 0x12))
        == "IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 3 [bad IP checksum 0x12cb, should be 0x66cb]")
    #expect(
      dissector.line(of: whole.setting(44, to: 0x62))
        == "IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 3 [bad UDP checksum 0x2770, should be 0x2870]")
    #expect(
      dissector.line(of: whole.setting(39, to: 12))
        == "IP 10.0.0.1.1 > 10.0.0.2.2: UDP, bad length 4 > 3")
    #expect(
      dissector.line(of: whole.setting(39, to: 7))
        == "IP 10.0.0.1.1 > 10.0.0.2.2: [UDP bad length 7]")
    #expect(dissector.line(of: whole.setting(14, to: 0x65)) == "[IP bad version 6]")
    #expect(dissector.line(of: whole.setting(14, to: 0x44)) == "[IP bad length 16]")
    #expect(
      dissector.line(of: [UInt8](whole.prefix(30))) == "[IP truncated: 16 of 20 bytes]")
    #expect(dissector.line(of: []) == "[Ethernet truncated: 0 of 14 bytes]")
    #expect(
      dissector.line(of: [UInt8](whole.prefix(36)))
        == "IP 10.0.0.1 > 10.0.0.2: [UDP truncated: 2 of 8 bytes] [truncated: 22 of 31 bytes]")
  }

  @Test func unfinishedChecksumsAreNotCalledBad() {
    // The pseudo-header's sum alone, as a capture on the sending machine sees it.
    let unfinished = Self.datagram.setting(40, to: 0x14).setting(41, to: 0x1F)
    #expect(
      dissector.line(of: unfinished)
        == "IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 3 [checksum unfinished]")
  }

  @Test func strangersBytesComeOutPrintable() {
    let query = bytes("0007 0100 0001 0000 0000 0000 04 1b5b4a5c 00 0001 0001")
    let length = UInt8(query.count + 8)
    let packet =
      bytes("4500 00") + [length + 20] + bytes("00010000 4011 0000 0a000001 0a000002 0001 0035 00")
      + [length] + bytes("0000") + query
    let line = dissector.line(of: packet, linkType: .ipv4)
    #expect(line.contains("DNS 7+ A? \\027[J\\092. (22)"))
  }

  @Test func tunnelsInTunnelsEnd() {
    var packet: [UInt8] = []
    for _ in 0..<40 {
      let length = packet.count + 24
      packet =
        bytes("4500") + [UInt8(length >> 8), UInt8(length & 255)]
        + bytes("00000000 402f 0000 0a000001 0a000002 0000 0800") + packet
    }
    #expect(dissector.line(of: packet, linkType: .raw).contains("[nested too deep]"))
  }

  @Test func headersAreToldOnDemand() {
    let line = Dissector(showsLinkHeader: true, showsInternetHeader: true).line(of: Self.datagram)
    #expect(
      line
        == "02:00:00:00:00:01 > 02:00:00:00:00:02, length 45: IP 10.0.0.1.1 > 10.0.0.2.2: UDP, "
        + "length 3 (tos 0x00, ttl 64, id 1)")
  }

  @Test(arguments: [
    (LinkType.null, "02000000"), (.linuxCooked, "0000 0001 0006 020000000001 0000 0800"),
    (.linuxCooked2, "0800 0000 00000001 0001 00 06 0200000000010000"), (.raw, ""), (.ipv4, ""),
  ])
  func linkHeadersAreLookedThrough(type: LinkType, header: String) {
    let packet = bytes(header) + Self.datagram.dropFirst(14)
    #expect(
      dissector.line(of: packet, linkType: type) == "IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 3")
  }

  @Test func tcpOptionsAreToldInTheirOrder() {
    let packet = bytes(
      """
      45000054 00004000 4006 0000 0a000001 0a000002
      0001 0002 00000001 00000002 f0 d0 1000 0000 0000
      0101 05 12 00000005 00000006 00000008 00000009 1c 04 8005 fe 06 f989 0001 09 02 0000000000000000 61626364
      """)
    let line = dissector.line(of: packet, linkType: .ipv4)
    #expect(
      line.contains(
        "Flags [.EW], seq 1:5, ack 2, win 4096, options [nop,nop,sack 2 {5:6}{8:9},utto 0x8005,"
          + "unknown-254 0xf9890001,unknown-9,eol], length 4"), "\(line)")
  }

  // MARK: Any bytes

  @Test func everyBeginningOfAPacketIsTold() throws {
    for packet in try Captures.packets("lan.pcap") {
      for length in 0..<packet.bytes.count {
        let line = dissector.line(of: [UInt8](packet.bytes.prefix(length)))
        #expect(!line.isEmpty)
      }
    }
  }

  @Test func changedPacketsAreTold() throws {
    var generator = SplitMix64(seed: 7)
    let packets = try Captures.packets("lan.pcap")
    for round in 0..<20_000 {
      var packet = packets[round % packets.count]
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: 0..<packet.bytes.count, using: &generator)
        packet.bytes[index] = .random(in: 0...255, using: &generator)
      }
      let line = dissector.line(of: packet)
      #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F || $0 == "…" })
    }
  }
}
