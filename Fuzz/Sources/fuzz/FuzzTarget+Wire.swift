import MartletWire

// Every view is read through all its accessors; where a value can be made of it, the value must
// write what was read.

extension FuzzTarget {
  private static let addresses = (IPv4Address(10, 0, 0, 1), IPv4Address(10, 0, 0, 2))

  static func ethernet(_ bytes: RawSpan) {
    guard let frame = try? EthernetView(parsing: bytes) else { return }
    let header = EthernetHeader(frame)
    let written = [UInt8].written(14) { (bytes) throws(WireError) in try header.emit(into: &bytes) }
    check(written?.begins(bytes) == true, "the Ethernet header comes back")
    guard let tag = try? VLANView(parsing: frame.payload) else { return }
    let vlan = VLANHeader(tag)
    let again = [UInt8].written(4) { (bytes) throws(WireError) in try vlan.emit(into: &bytes) }
    check(again?.begins(frame.payload) == true, "the tag comes back")
    _ = (tag.payload.byteCount, tag.tag.priority, tag.tag.isDropEligible)
  }

  static func arp(_ bytes: RawSpan) {
    guard let packet = try? ARPPacket(parsing: bytes) else { return }
    let written = [UInt8].written(28) { (bytes) throws(WireError) in try packet.emit(into: &bytes) }
    check(written?.begins(bytes) == true, "the ARP packet comes back")
  }

  static func ipv4(_ bytes: RawSpan) {
    if let quote = try? IPv4View(parsingQuoted: bytes) { walk(quote) }
    guard let packet = try? IPv4View(parsing: bytes) else { return }
    walk(packet)
    let header = IPv4Header(packet)
    let length = packet.payload.byteCount
    let written = [UInt8].written(header.length) { (bytes) throws(WireError) in
      try header.emit(into: &bytes, payloadLength: length)
    }
    // The reserved flag is not sent, and nothing else is lost of a header that was right.
    guard packet.isChecksumValid, bytes.load(UInt8.self, at: 6) & 0x80 == 0 else { return }
    // A checksum of 0 and one of 0xFFFF are both right.
    check(
      written.map { $0.dropFirst(12) == [UInt8](packet.header).dropFirst(12) } == true,
      "the IPv4 header comes back")
    check(
      written.map { $0.read { InternetChecksum.verifies($0) } } == true,
      "what is written verifies")
  }

  private static func walk(_ packet: borrowing IPv4View) {
    var options = IPv4OptionIterator(packet.options)
    var steps = 0
    while let option = options.next() { steps += 2 + option.data.byteCount }
    check(steps <= 40, "options fit their header")
    check(packet.payload.byteCount <= packet.totalLength, "the payload fits the packet")
    _ = (packet.congestion, packet.fragmentOffset, packet.isFragment, packet.source)
  }

  static func icmp(_ bytes: RawSpan) {
    guard let message = try? ICMPv4View(parsing: bytes) else { return }
    _ = (message.identifier, message.gateway, message.pointer, message.nextHopMTU)
    if let quote = try? message.quotedPacket() { walk(quote) }
    let header = ICMPv4Header(message)
    let payload = message.payload
    let written = [UInt8].written(bytes.byteCount) { (bytes) throws(WireError) in
      bytes.copy(payload, at: 8)
      try header.emit(into: &bytes)
    }
    check(
      written.map { $0.read { InternetChecksum.verifies($0) } } == true,
      "what is written verifies")
  }

  static func igmp(_ bytes: RawSpan) {
    guard let view = try? IGMPView(parsing: bytes) else { return }
    let message = IGMPMessage(view)
    let written = [UInt8].written(8) { (bytes) throws(WireError) in try message.emit(into: &bytes) }
    let again = written?.read { bytes in
      guard let view = try? IGMPView(parsing: bytes) else { return false }
      return IGMPMessage(view) == message && view.isChecksumValid
    }
    check(again == true, "the IGMP message comes back")
  }

  static func gre(_ bytes: RawSpan) {
    guard let packet = try? GREView(parsing: bytes) else { return }
    _ = packet.isChecksumValid
    let header = GREHeader(packet)
    check(header.length == packet.headerLength, "the GRE header has its length")
    let payload = packet.payload
    let written = [UInt8].written(bytes.byteCount) { (bytes) throws(WireError) in
      var sum = InternetChecksum()
      sum.copy(payload, into: &bytes, at: header.length)
      try header.emit(into: &bytes, payloadSum: sum)
    }
    let again = written?.read { bytes in
      guard let view = try? GREView(parsing: bytes) else { return false }
      return GREHeader(view) == header && view.isChecksumValid
    }
    check(again == true, "the GRE packet comes back")
  }

  static func udp(_ bytes: RawSpan) {
    guard let datagram = try? UDPView(parsing: bytes) else { return }
    let (source, destination) = addresses
    _ = datagram.isChecksumValid(source: source, destination: destination)
    let header = UDPHeader(datagram)
    let payload = datagram.payload
    let written = [UInt8].written(datagram.length) { (bytes) throws(WireError) in
      var sum = InternetChecksum()
      sum.copy(payload, into: &bytes, at: 8)
      try header.emit(
        into: &bytes, payloadLength: payload.byteCount, payloadSum: sum, source: source,
        destination: destination)
    }
    let again = written?.read { bytes in
      guard let view = try? UDPView(parsing: bytes) else { return false }
      return view.isChecksumValid(source: source, destination: destination) && view.checksum != 0
    }
    check(again == true, "what is written verifies")
  }

  static func tcp(_ bytes: RawSpan) {
    guard let segment = try? TCPView(parsing: bytes) else { return }
    let (source, destination) = addresses
    _ = segment.isChecksumValid(source: source, destination: destination)
    let header = TCPHeader(segment)
    let options = TCPOptions(parsing: segment.options)
    let payload = segment.payload
    let length = 20 + options.encodedLength
    check(length <= 60, "options have room")
    let written = [UInt8].written(length + payload.byteCount) { (bytes) throws(WireError) in
      var sum = InternetChecksum()
      sum.copy(payload, into: &bytes, at: length)
      try header.emit(
        into: &bytes, options: options, payloadLength: payload.byteCount, payloadSum: sum,
        source: source, destination: destination)
    }
    guard payload.byteCount <= 65_515 - length else { return }
    let again = written?.read { bytes in
      guard let view = try? TCPView(parsing: bytes) else { return false }
      return TCPHeader(view) == header
        && view.isChecksumValid(source: source, destination: destination)
    }
    check(again == true, "the segment comes back")
  }

  static func dhcp(_ bytes: RawSpan) {
    guard let message = try? DHCPv4View(parsing: bytes) else { return }
    _ = (message.messageType, message.requestedAddress, message.serverIdentifier)
    _ = (message.leaseSeconds, message.renewalSeconds, message.rebindingSeconds)
    _ = (message.interfaceMTU, message.maximumMessageSize, message.hops)
    if let length = message.prefixLength { check(length <= 32, "a prefix has 32 bits") }
    let (routers, servers) = (message.routers, message.domainNameServers)
    for index in 0..<routers.count { _ = routers[index] }
    for index in 0..<servers.count { _ = servers[index] }
    if var routes = message.classlessRoutes { while routes.next() != nil {} }
    var options = message.options
    var total = 0
    while let option = options.next() { total += 2 + option.data.byteCount }
    check(total <= bytes.byteCount, "options are not read twice")
    let header = DHCPv4Header(message)
    let written = [UInt8].written(240) { (bytes) throws(WireError) in try header.emit(into: &bytes)
    }
    let again = written?.read { bytes in
      guard let view = try? DHCPv4View(parsing: bytes) else { return false }
      return DHCPv4Header(view) == header
    }
    check(again == true, "the DHCP header comes back")
  }

  static func dns(_ bytes: RawSpan) {
    guard var reader = try? DNSReader(bytes) else { return }
    do throws(WireError) {
      while let question = try reader.nextQuestion() { walk(question.name) }
      while let record = try reader.nextRecord() {
        walk(record.name)
        _ = (record.address, record.service, record.data.byteCount)
        if let target = try? record.target() { walk(target) }
        var strings = record.strings
        while strings.next() != nil {}
      }
    } catch {}
  }

  private static func walk(_ name: borrowing DNSName) {
    var labels = name.labels
    var length = 1
    while let label = labels.next() {
      check((1...63).contains(label.byteCount), "a label has 1 to 63 bytes")
      length += 1 + label.byteCount
    }
    check(length == name.expandedLength && length <= 255, "a name has its length")
    check(name.matches(name), "a name is itself")
  }

  static func checksum(_ bytes: RawSpan) {
    // The first byte says where to cut.
    let whole = InternetChecksum.of(bytes)
    var expected: UInt32 = 0
    for offset in 0..<bytes.byteCount {
      let byte: UInt8 = bytes.load(at: offset)
      expected += UInt32(byte) << (offset % 2 == 0 ? 8 : 0)
      if expected > 0xFFFF { expected -= 0xFFFF }
    }
    check(whole == ~UInt16(truncatingIfNeeded: expected), "the sum is that of the words")
    guard bytes.byteCount > 0 else { return }
    let cut = min(Int(bytes.load(UInt8.self, at: 0)), bytes.byteCount)
    let copy = [UInt8].written(bytes.byteCount) { (target) throws(WireError) in
      var sum = InternetChecksum()
      sum.copy(bytes.extracting(0..<cut), into: &target, at: 0)
      sum.copy(bytes.extracting(cut..<bytes.byteCount), into: &target, at: cut)
      check(sum.value == whole, "pieces add up")
    }
    check(copy == [UInt8](bytes), "the copy is the same")
  }
}
