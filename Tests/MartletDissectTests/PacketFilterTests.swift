import MartletDevice
import MartletDissect
import Testing

@Suite struct PacketFilterTests {
  // MARK: Against tcpdump

  /// Frames without a VLAN tag, through which tcpdump does not look.
  static func untagged() throws -> ([UInt8], [CapturedPacket]) {
    let packets = try Captures.packets("lan.pcap").filter { PacketFields($0).vlans.isEmpty }
    let writer = PcapWriter()
    let file = packets.reduce(into: writer.header) { file, packet in
      file += packet.bytes.pcap(writer, time: packet.time ?? CaptureTime(seconds: 0))
    }
    return (file, packets)
  }

  static let expressions = [
    "", "ip", "arp", "icmp", "igmp", "tcp", "udp", "ip6", "rarp", "host 10.9.0.2",
    "src host 10.9.0.9", "dst 10.9.0.105", "src or dst host 10.9.0.1",
    "src and dst net 10.9.0.0/24", "net 10", "net 10.9", "net 224.0.0.0/4", "net 10.9.0.0/30",
    "net 10.9.0.0 mask 255.255.255.252", "dst net 255.255.255.255/32", "arp host 10.9.0.105",
    "ip host 10.9.0.1", "ip net 10.9 and not tcp", "port 53", "src port 80", "dst port 80",
    "tcp port 80", "udp port 80", "udp src port 53", "portrange 50-70", "tcp portrange 81-1000",
    "tcp dst portrange 80-80", "src or dst portrange 5000-5002", "port 53 or 80",
    "tcp or udp and port 53", "tcp or (udp and port 53)", "not ip", "! ip and arp",
    "not (tcp or udp)", "host 10.9.0.1 && ! port 53 || arp", "src 10.9.0.1 and not icmp",
    "not not tcp", "dst host 10.9.0.1 or 10.9.0.9 or 10.9.0.105", "(((icmp)))",
  ]

  @Test(.enabled(if: Tool.tcpdump.isInstalled), arguments: expressions)
  func choiceIsThatOfTcpdump(expression: String) throws {
    let (file, packets) = try Self.untagged()
    try Self.compare(expression, as: expression, file, packets)
  }

  @Test(
    .enabled(if: Tool.tcpdump.isInstalled),
    arguments: [
      ("vlan", "vlan"), ("vlan 5", "vlan 5"), ("vlan 7", "vlan 100 and vlan 7"),
      ("vlan and udp port 5000", "vlan and udp port 5000"), ("not vlan", "not vlan"),
      ("gre", "ip proto 47"), ("dhcp", "udp port 67 or udp port 68"),
      ("dns", "port 53 or port 5353"), ("vlan 5 and arp", "vlan 5 and arp"),
      ("arp", "arp or (vlan and arp)"),
      ("host 10.9.5.2", "host 10.9.5.2 or (vlan and host 10.9.5.2)"),
    ])
  func ourWordsMeanWhatIsSaid(ours: String, theirs: String) throws {
    let file = try Captures.bytes("lan.pcap")
    try Self.compare(ours, as: theirs, file, Captures.packets("lan.pcap"))
  }

  @Test(.enabled(if: Tool.tcpdump.isInstalled))
  func expressionsMadeByChanceAgree() throws {
    let (file, packets) = try Self.untagged()
    var generator = SplitMix64(seed: 11)
    for _ in 0..<60 {
      let expression = Self.expression(depth: 3, &generator)
      try Self.compare(expression, as: expression, file, packets)
    }
  }

  private static func expression(depth: Int, _ generator: inout SplitMix64) -> String {
    guard depth > 0, Int.random(in: 0..<4, using: &generator) > 0 else {
      return expressions.dropFirst().filter { !$0.contains("or") && !$0.contains("and") }
        .randomElement(using: &generator) ?? "ip"
    }
    let first = expression(depth: depth - 1, &generator)
    let second = expression(depth: depth - 1, &generator)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: return "not (\(first))"
    case 1: return "\(first) and \(second)"
    case 2: return "(\(first)) && !(\(second))"
    case 3: return "(\(first)) or (\(second))"
    default: return "\(first) or \(second)"
    }
  }

  private static func compare(
    _ ours: String, as theirs: String, _ file: [UInt8], _ packets: [CapturedPacket]
  ) throws {
    let filter = try PacketFilter(ours)
    let chosen = packets.filter(filter.matches).compactMap(\.time?.secondsText)
    let lines = try Tool.tcpdump.lines(
      of: file, ["-nn", "-tt", "--nano"] + (theirs.isEmpty ? [] : [theirs]))
    let expected = lines.compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(chosen == expected, "\(ours)")
  }

  // MARK: Without tcpdump

  @Test(arguments: [
    ("tcp or udp and port 1", true), ("tcp or (udp and port 1)", true), ("not arp", true),
    ("udp", true), ("src port 1", true), ("dst port 1", false), ("port 3 or 2", true),
    ("src and dst net 10.0.0.0/30", true), ("src net 10.0.0.1/32 and dst 10.0.0.2", true),
    ("dst host 10.0.0.1 or 10.0.0.2", true), ("portrange 0-0", false), ("portrange 9-2", true),
    ("vlan", false), ("ip6", false), ("host 10.0.0.3", false), ("net 11", false),
  ])
  func packetIsChosen(expression: String, isChosen: Bool) throws {
    let filter = try PacketFilter(expression)
    let packet = CapturedPacket(DissectorTests.datagram, time: nil)
    #expect(filter.matches(packet) == isChosen)
  }

  @Test func andAndOrBindEquallyFromTheLeft() throws {
    let packet = CapturedPacket(DissectorTests.datagram, time: nil)
    // (udp or arp) and port 9, not udp or (arp and port 9).
    #expect(try !PacketFilter("udp or arp and port 9").matches(packet))
    #expect(try PacketFilter("udp or (arp and port 9)").matches(packet))
    #expect(try PacketFilter("not arp and udp").matches(packet))
    #expect(try !PacketFilter("not (udp or arp)").matches(packet))
  }

  @Test func shortPacketFitsNoTest() throws {
    let packet = CapturedPacket([UInt8](DissectorTests.datagram.prefix(20)), time: nil)
    #expect(try PacketFilter("ip").matches(packet))
    #expect(try !PacketFilter("udp").matches(packet))
    #expect(try PacketFilter("not udp").matches(packet))
  }

  @Test(arguments: [
    ("tcp foo", 5, "'foo' is not known; known are host, net, port, portrange"),
    ("foo", 1, "'foo' is not known"), ("tcp udp", 5, "expected 'and' or 'or' before 'udp'"),
    ("tcp and", 8, "a test is missing"), ("and tcp", 1, "'and' is not known"),
    ("host", 5, "the value of 'host' is missing"), ("host example.org", 6, "is no IPv4 address"),
    ("host 10.0.0.01", 6, "is no IPv4 address"), ("port http", 6, "'http' is not a port"),
    ("port 65536", 6, "expected 0 to 65535"), ("port +5", 6, "is not a port"),
    ("portrange 5", 11, "is not a range of ports"), ("portrange 5-", 11, "is not a range"),
    ("net 10.0.0.1/8", 5, "did you mean 10.0.0.0/8?"), ("net 10.0.0.0/33", 5, "is no network"),
    ("net 10.0.0.0 mask 255.0.255.0", 19, "is no mask"), ("net 1.2.3.4.5", 5, "is no network"),
    ("net 10.0.0.0 mask", 18, "a mask is missing"),
    ("icmp port 5", 1, "'icmp' cannot stand before 'port'; 'tcp', 'udp' can"),
    ("tcp host 10.0.0.1", 1, "'tcp' cannot stand before 'host'"), ("(tcp", 5, "')' is missing"),
    ("tcp)", 4, "')' has no '('"), ("()", 2, "')' is not known"), ("tcp & udp", 5, "'&' is not"),
    ("vlan 4096", 6, "is no VLAN"), ("ether host 1", 1, "'ether' is not known"),
    ("less 100", 1, "'less' is not known"), ("10.0.0.1", 1, "'10.0.0.1' is not known"),
    ("src", 4, "an address is missing"), ("tcp and 80", 9, "'80' is not known"),
  ])
  func mistakesAreNamedWithTheirColumn(expression: String, column: Int, problem: String) {
    do {
      _ = try PacketFilter(expression)
      Issue.record("\(expression) was taken")
    } catch {
      #expect(error.column == column)
      #expect(error.problem.contains(problem), "\(error)")
    }
  }

  @Test func nestingAndLengthAreBounded() throws {
    let deep = String(repeating: "(", count: 47) + "tcp" + String(repeating: ")", count: 47)
    #expect(try PacketFilter(deep).matches(CapturedPacket([], time: nil)) == false)
    #expect(throws: FilterError.self) { try PacketFilter("(" + deep + ")") }
    #expect(throws: FilterError.self) {
      try PacketFilter(String(repeating: "not ", count: 60) + "tcp")
    }
    #expect(throws: FilterError.self) {
      try PacketFilter(String(repeating: "tcp or ", count: 4096) + "tcp")
    }
  }

  @Test func deepestExpressionIsEvaluatedRight() throws {
    // Each level leaves its first operand waiting on the stack.
    let packet = CapturedPacket(DissectorTests.datagram, time: nil)
    let open = String(repeating: "udp and (", count: 47)
    let close = String(repeating: ")", count: 47)
    #expect(try PacketFilter(open + "udp" + close).matches(packet))
    #expect(try !PacketFilter(open + "arp" + close).matches(packet))
    let other = String(repeating: "arp or (", count: 47)
    #expect(try PacketFilter(other + "udp" + close).matches(packet))
    #expect(try !PacketFilter(other + "arp" + close).matches(packet))
  }

  @Test func wordsMadeByChanceNeverTrap() {
    let words = [
      "host", "net", "port", "portrange", "src", "dst", "and", "or", "not", "(", ")", "tcp", "arp",
      "10.0.0.1", "10/8", "80", "1-2", "mask", "vlan", "!", "&&", "é", "255.255.0.0",
    ]
    var generator = SplitMix64(seed: 5)
    var taken = 0
    for _ in 0..<20_000 {
      let count = Int.random(in: 0..<9, using: &generator)
      let text = (0..<count).compactMap { _ in words.randomElement(using: &generator) }
        .joined(separator: " ")
      if (try? PacketFilter(text)) != nil { taken += 1 }
    }
    #expect(taken > 100)
  }
}
