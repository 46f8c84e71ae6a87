/// Where the headers of a frame begin, in bytes; 0 where there is none.
public struct FrameHeaders: Equatable, Sendable, BitwiseCopyable {
  /// The first label stack entry.
  public var mpls = 0
  /// IPv4, IPv6 or ARP.
  public var network = 0
  /// TCP, UDP, SCTP or ICMP; 0 in later fragments, and where it is cut off.
  public var transport = 0

  /// A frame without any.
  public init() {}
}

extension FlowKey {
  /// Reads from a frame all that flows can tell; what the switch knows stays as it is.
  ///
  /// Whatever is cut off is left at zero, as it is in later fragments, which have no ports.
  ///
  /// - Returns: Where its headers lie; `nil` for what is shorter than an Ethernet header.
  public mutating func extract(_ frame: RawSpan) -> FrameHeaders? {
    guard frame.byteCount >= 14 else { return nil }
    var headers = FrameHeaders()
    for word in 16..<Self.wordCount { words[word] = 0 }
    let destination = UInt64(frame.word32(0)) << 16 | UInt64(frame.word16(4))
    let source = UInt64(frame.word16(6)) << 32 | UInt64(frame.word32(8))
    var type = frame.word16(12)
    var offset = 14
    var tci: UInt16 = 0
    if (type == 0x8100 || type == 0x88a8), frame.byteCount >= 18 {
      tci = frame.word16(14) | 0x1000
      type = frame.word16(16)
      offset = 18
    }
    // Below 1536 it is a length (IEEE 802.3): 0x05ff stands for it, as OpenFlow has it, unless SNAP tells.
    if type < 0x600 { type = Self.snapType(of: frame, at: &offset) }
    words[16] = destination << 16 | UInt64(type)
    words[17] = source << 16 | UInt64(tci)
    extractNetwork(frame, type, at: offset, &headers)
    return headers
  }

  private static func snapType(of frame: RawSpan, at offset: inout Int) -> UInt16 {
    guard frame.byteCount >= offset + 8, frame.word32(offset) == 0xaaaa_0300,
      frame.word16(offset + 4) == 0, frame.word16(offset + 6) >= 0x600
    else { return 0x05ff }
    offset += 8
    return frame.word16(offset - 2)
  }

  private mutating func extractNetwork(
    _ frame: RawSpan, _ type: UInt16, at offset: Int, _ headers: inout FrameHeaders
  ) {
    switch type {
    case 0x0800: extractIPv4(frame, at: offset, &headers)
    case 0x86dd: extractIPv6(frame, at: offset, &headers)
    case 0x0806, 0x8035: extractARP(frame, at: offset, &headers)
    case 0x8847, 0x8848:
      guard frame.byteCount >= offset + 4 else { return }
      headers.mpls = offset
      words[18] = UInt64(frame.word32(offset)) << 32
    default: break
    }
  }

  private mutating func extractIPv4(
    _ frame: RawSpan, at offset: Int, _ headers: inout FrameHeaders
  ) {
    guard frame.byteCount >= offset + 20, frame.byte(offset) >> 4 == 4 else { return }
    let length = Int(frame.byte(offset) & 15) * 4
    let total = Int(frame.word16(offset + 2))
    guard length >= 20, frame.byteCount >= offset + length, total >= length else { return }
    headers.network = offset
    words[19] = UInt64(frame.word32(offset + 12)) << 32 | UInt64(frame.word32(offset + 16))
    let fragment = frame.word16(offset + 6)
    let isLater = fragment & 0x1fff != 0
    let isFragment = isLater || fragment & 0x2000 != 0
    let proto = frame.byte(offset + 9)
    setNetwork(
      protocol: proto, trafficClass: frame.byte(offset + 1), ttl: frame.byte(offset + 8),
      fragment: (isFragment ? 1 : 0) | (isLater ? 2 : 0), label: 0)
    if !isLater {
      // What a short frame was padded with is none of it; of a large one `total` may be cut to 16 bits.
      let end = total > 0 ? min(frame.byteCount, offset + total) : frame.byteCount
      extractTransport(frame, proto, at: offset + length, end: end, &headers)
      if isFragment { hideTransport() }
    }
  }

  private mutating func extractIPv6(
    _ frame: RawSpan, at offset: Int, _ headers: inout FrameHeaders
  ) {
    guard frame.byteCount >= offset + 40, frame.byte(offset) >> 4 == 6 else { return }
    headers.network = offset
    for word in 0..<4 {
      words[20 + word] =
        UInt64(frame.word32(offset + 8 + word * 8)) << 32
        | UInt64(frame.word32(offset + 12 + word * 8))
    }
    let first = frame.word32(offset)
    var walk = ExtensionWalk(next: frame.byte(offset + 6), offset: offset + 40)
    walk.run(frame)
    setNetwork(
      protocol: walk.next, trafficClass: UInt8(truncatingIfNeeded: first >> 20),
      ttl: frame.byte(offset + 7), fragment: walk.fragment, label: first & 0xf_ffff)
    words[29] = UInt64(walk.seen)
    if walk.fragment & 2 == 0, walk.isComplete {
      extractTransport(frame, walk.next, at: walk.offset, end: frame.byteCount, &headers)
      if walk.fragment != 0 { hideTransport() }
    }
  }

  /// Makes the first fragment of a packet look like the others, which have no ports: flows treat all alike
  /// (OpenFlow's `OFPC_FRAG_NORMAL`, as Open vSwitch does it).
  private mutating func hideTransport() {
    words[29] &= 0x1ff
    words[26] &= ~0xfff
  }

  private mutating func setNetwork(
    protocol number: UInt8, trafficClass: UInt8, ttl: UInt8, fragment: UInt8, label: UInt32
  ) {
    words[24] =
      UInt64(label) << 32 | UInt64(number) << 24 | UInt64(trafficClass) << 16 | UInt64(ttl) << 8
      | UInt64(fragment)
  }

  private mutating func extractARP(
    _ frame: RawSpan, at offset: Int, _ headers: inout FrameHeaders
  ) {
    guard frame.byteCount >= offset + 28, frame.word32(offset) == 0x0001_0800,
      frame.word16(offset + 4) == 0x0604
    else { return }
    headers.network = offset
    words[19] = UInt64(frame.word32(offset + 14)) << 32 | UInt64(frame.word32(offset + 24))
    let operation = frame.word16(offset + 6)
    // OpenFlow 1.0 matches the operation's low byte as a protocol; both are set.
    words[24] = UInt64(operation & 0xff) << 24
    let sender = UInt64(frame.word16(offset + 8)) << 32 | UInt64(frame.word32(offset + 10))
    let target = UInt64(frame.word16(offset + 18)) << 32 | UInt64(frame.word32(offset + 20))
    words[25] = sender << 16 | UInt64(operation)
    words[26] = target << 16
  }

  private mutating func extractTransport(
    _ frame: RawSpan, _ proto: UInt8, at offset: Int, end: Int, _ headers: inout FrameHeaders
  ) {
    switch proto {
    case 6 where end >= offset + 20:
      words[26] |= UInt64(frame.word16(offset + 12) & 0xfff)
    case 17 where end >= offset + 8: break
    case 132 where end >= offset + 12: break
    case 1 where end >= offset + 8, 58 where end >= offset + 4:
      headers.transport = offset
      words[29] |= UInt64(frame.byte(offset)) << 48 | UInt64(frame.byte(offset + 1)) << 32
      if proto == 58 { extractND(frame, at: offset, end: end) }
      return
    default: return
    }
    headers.transport = offset
    words[29] |= UInt64(frame.word16(offset)) << 48 | UInt64(frame.word16(offset + 2)) << 32
  }

  /// Neighbour solicitations and advertisements (RFC 4861): the target, and the option with a link address.
  private mutating func extractND(_ frame: RawSpan, at offset: Int, end: Int) {
    let type = frame.byte(offset)
    guard type == 135 || type == 136, frame.byte(offset + 1) == 0, end >= offset + 24 else {
      return
    }
    for word in 0..<2 {
      words[27 + word] =
        UInt64(frame.word32(offset + 8 + word * 8)) << 32
        | UInt64(frame.word32(offset + 12 + word * 8))
    }
    var option = offset + 24
    while option + 8 <= end {
      let length = Int(frame.byte(option + 1)) * 8
      guard length > 0, option + length <= end else { return }
      let address = UInt64(frame.word16(option + 2)) << 32 | UInt64(frame.word32(option + 4))
      if length == 8, frame.byte(option) == 1, type == 135 { words[25] = address << 16 }
      if length == 8, frame.byte(option) == 2, type == 136 { words[26] = address << 16 }
      option += length
    }
  }
}
