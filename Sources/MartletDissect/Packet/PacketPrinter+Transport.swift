internal import MartletWire

// UDP and TCP.

extension PacketPrinter {
  // MARK: UDP

  mutating func udp(_ bytes: RawSpan, _ context: TransportContext) {
    guard bytes.byteCount >= 8 else {
      write("\(context.source) > \(context.destination): ")
      return damaged("UDP", .truncated(needed: 8, available: bytes.byteCount))
    }
    let ports = (bytes.load(UInt16.self, at: 0), bytes.load(UInt16.self, at: 2))
    write("\(context.source).\(ports.0) > \(context.destination).\(ports.1): ")
    let length = Int(bytes.load(UInt16.self, at: 4))
    guard length >= 8 else { return damaged("UDP", .badLength(length)) }
    guard length <= context.length || context.isFragment else {
      return write("UDP, bad length \(length - 8) > \(context.length - 8)")
    }
    let payload = bytes.extracting(8..<min(length, bytes.byteCount))
    let isWhole = length <= bytes.byteCount
    udp(payload, length: length - 8, ports: ports, isWhole: isWhole)
    if isWhole, verifiesChecksums, !isQuote { udpChecksum(bytes, context) }
  }

  private mutating func udp(
    _ payload: RawSpan, length: Int, ports: (UInt16, UInt16), isWhole: Bool
  ) {
    func isPort(_ port: UInt16) -> Bool { ports.0 == port || ports.1 == port }
    if !isQuote, isWhole, isPort(67) || isPort(68) { return dhcp(payload) }
    if !isQuote, isWhole, ports.1 == VXLANView.port { return vxlan(payload) }
    if !isQuote, isWhole, isPort(53) || isPort(5353) { return dns(payload) }
    write("UDP, length \(length)")
  }

  private mutating func udpChecksum(_ bytes: RawSpan, _ context: TransportContext) {
    guard let datagram = try? UDPView(parsing: bytes),
      datagram.checksum != 0 || !context.addresses.isIPv4,
      !context.addresses.verifies(bytes.extracting(0..<datagram.length), .udp)
    else { return }
    transportChecksum(
      "UDP", .udp, bytes.extracting(0..<datagram.length), stored: datagram.checksum, context)
  }

  // MARK: TCP

  mutating func tcp(_ bytes: RawSpan, _ context: TransportContext) {
    guard bytes.byteCount >= 4 else {
      write("\(context.source) > \(context.destination): ")
      return damaged("TCP", .truncated(needed: 20, available: bytes.byteCount))
    }
    let ports = (bytes.load(UInt16.self, at: 0), bytes.load(UInt16.self, at: 2))
    write("\(context.source).\(ports.0) > \(context.destination).\(ports.1): ")
    // Of a quote, ports and sequence number are all that is promised (RFC 792).
    guard !isQuote || bytes.byteCount >= 20 else {
      guard bytes.byteCount >= 8 else { return write("TCP") }
      return write("TCP, seq \(bytes.load(UInt32.self, at: 4))")
    }
    do throws(WireError) {
      let segment = try TCPView(parsing: bytes)
      tcp(segment, payloadLength: context.length - segment.headerLength)
      guard verifiesChecksums, !isQuote, !context.isFragment, bytes.byteCount >= context.length,
        !context.addresses.verifies(bytes, .tcp)
      else { return }
      transportChecksum("TCP", .tcp, bytes, stored: segment.checksum, context)
    } catch {
      damaged("TCP", error)
    }
  }

  private mutating func tcp(_ segment: borrowing TCPView, payloadLength length: Int) {
    let flags = segment.flags
    write("Flags [\(text(of: flags))]")
    if length > 0 || !flags.isDisjoint(with: [.syn, .fin, .rst]) {
      let first = segment.sequenceNumber
      write(", seq \(first.rawValue)")
      if length > 0 { write(":\(first.advanced(by: length).rawValue)") }
    }
    if flags.contains(.ack) { write(", ack \(segment.acknowledgmentNumber.rawValue)") }
    write(", win \(segment.window)")
    if flags.contains(.urg) { write(", urg \(segment.urgentPointer)") }
    if segment.headerLength > 20 {
      write(", options [")
      tcpOptions(segment.options)
      write("]")
    }
    write(", length \(length)")
  }

  private func text(of flags: TCPFlags) -> String {
    let letters: [(TCPFlags, String)] = [
      (.fin, "F"), (.syn, "S"), (.rst, "R"), (.psh, "P"), (.ack, "."), (.urg, "U"), (.ece, "E"),
      (.cwr, "W"),
    ]
    let text = letters.filter { flags.contains($0.0) }.map(\.1).joined()
    return text.isEmpty ? "none" : text
  }

  /// Every option as it stands, padding and unknown ones included.
  private mutating func tcpOptions(_ bytes: RawSpan) {
    var offset = 0
    while offset < bytes.byteCount {
      if offset > 0 { write(",") }
      let kind: UInt8 = bytes.load(at: offset)
      if kind == 0 { return write("eol") }
      if kind == 1 {
        write("nop")
        offset += 1
        continue
      }
      let room = bytes.byteCount - offset
      let length = room >= 2 ? Int(bytes.load(UInt8.self, at: offset + 1)) : 0
      guard length >= 2, length <= room else { return write("[option \(kind) bad length]") }
      write(text(ofOption: kind, bytes.extracting(offset + 2..<offset + length)))
      offset += length
    }
  }

  private func text(ofOption kind: UInt8, _ data: RawSpan) -> String {
    switch (kind, data.byteCount) {
    case (2, 2): return "mss \(data.load(UInt16.self, at: 0))"
    case (3, 1): return "wscale \(data.load(UInt8.self, at: 0))"
    case (4, 0): return "sackOK"
    case (5, let count) where count > 0 && count % 8 == 0:
      let blocks = stride(from: 0, to: count, by: 8).map { offset in
        "{\(data.load(UInt32.self, at: offset)):\(data.load(UInt32.self, at: offset + 4))}"
      }
      return "sack \(blocks.count) \(blocks.joined())"
    case (8, 8):
      return "TS val \(data.load(UInt32.self, at: 0)) ecr \(data.load(UInt32.self, at: 4))"
    case (28, 2): return "utto \(hexadecimal(data.load(UInt16.self, at: 0)))"
    case (_, 0): return "unknown-\(kind)"
    default: return "unknown-\(kind) \(hexadecimal(data, limit: 38))"
    }
  }

  // MARK: Checksums

  mutating func transportChecksum(
    _ format: String, _ kind: IPProtocol, _ bytes: RawSpan, stored: UInt16,
    _ context: TransportContext
  ) {
    let pseudoHeader = context.addresses.pseudoHeader(kind, length: bytes.byteCount)
    // A capture on the sending machine shows segments before their card has finished the sum.
    guard stored != pseudoHeader.partialValue else { return write(" [checksum unfinished]") }
    var sum = pseudoHeader
    sum.add(bytes)
    let right = InternetChecksum.updated(sum.value, replacing: stored, with: 0)
    checksum(format, stored, shouldBe: right)
  }
}
