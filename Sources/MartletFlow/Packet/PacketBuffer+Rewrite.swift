internal import MartletDevice
internal import MartletWire

extension PacketBuffer {
  /// Gives fields new values, and keeps every checksum over them true.
  ///
  /// Where a header is missing or cut off its fields are left out. A checksum of zero under UDP stays zero
  /// (RFC 768).
  mutating func rewrite(_ change: borrowing FlowRewrite) {
    let mask = change.mask
    if mask[.ethernetDestination] != 0 {
      set(mac: change.merged(.ethernetDestination, mac(0)), at: 0)
    }
    if mask[.ethernetSource] != 0 { set(mac: change.merged(.ethernetSource, mac(6)), at: 6) }
    if headers.mpls > 0, mask.bits.words[18] != 0 {
      let old = UInt64(word32(headers.mpls)) << 32
      let new = old & ~mask.bits.words[18] | change.key.words[18] & mask.bits.words[18]
      set(UInt32(truncatingIfNeeded: new >> 32), at: headers.mpls)
    }
    guard headers.network > 0 else { return }
    var transport = ChecksumChange()
    switch change.etherType {
    case 0x0800: rewriteIPv4(change, &transport)
    case 0x86dd: rewriteIPv6(change, &transport)
    case 0x0806, 0x8035: rewriteARP(change)
    default: return
    }
    guard headers.transport > 0 else { return }
    rewriteTransport(change, addresses: transport)
  }

  /// Raises the drop precedence of assured forwarding (RFC 2597), at most to the highest.
  mutating func raiseDropPrecedence(by levels: UInt8) {
    var key = FlowKey()
    guard headers.network > 0, key.extract(frame) != nil else { return }
    let old = UInt8(truncatingIfNeeded: key[.ipDSCP])
    let (quality, precedence) = (old >> 3, old >> 1 & 3)
    guard (1...4).contains(quality), precedence > 0, old & 1 == 0 else { return }
    let raised = min(3, UInt16(precedence) + UInt16(levels))
    key[.ipDSCP] = UInt128(quality << 3 | UInt8(raised) << 1)
    var mask = FlowMask()
    mask.insert(.ipDSCP)
    rewrite(FlowRewrite(key: key, mask: mask))
  }

  private func mac(_ offset: Int) -> UInt64 {
    UInt64(word16(offset)) << 32 | UInt64(word32(offset + 2))
  }

  // MARK: Internet

  private mutating func rewriteIPv4(
    _ change: borrowing FlowRewrite, _ transport: inout ChecksumChange
  ) {
    let at = headers.network
    var header = ChecksumChange()
    let oldClass = word16(at)
    let traffic = change.trafficClass(byte(at + 1))
    set(traffic, at: at + 1)
    header.replace(oldClass, by: word16(at))
    let oldTTL = word16(at + 8)
    set(change.byte(.ipTTL, byte(at + 8)), at: at + 8)
    header.replace(oldTTL, by: word16(at + 8))
    for (field, offset) in [(Field.ipv4Source, at + 12), (.ipv4Destination, at + 16)] {
      let old = word32(offset)
      let new = change.word32(field, old)
      guard new != old else { continue }
      set(new, at: offset)
      header.replace(old, by: new)
      transport.replace(old, by: new)
    }
    if !header.isZero { set(header.applied(to: word16(at + 10)), at: at + 10) }
  }

  private mutating func rewriteIPv6(
    _ change: borrowing FlowRewrite, _ transport: inout ChecksumChange
  ) {
    let at = headers.network
    let old = word32(at)
    let traffic = change.trafficClass(UInt8(truncatingIfNeeded: old >> 20))
    let label = change.word32(.ipv6FlowLabel, old & 0xf_ffff) & 0xf_ffff
    set(6 << 28 | UInt32(traffic) << 20 | label, at: at)
    set(change.byte(.ipTTL, byte(at + 7)), at: at + 7)
    rewrite128(.ipv6Source, at: at + 8, change, &transport)
    rewrite128(.ipv6Destination, at: at + 24, change, &transport)
  }

  private mutating func rewrite128(
    _ field: Field, at offset: Int, _ change: borrowing FlowRewrite, _ sum: inout ChecksumChange
  ) {
    let mask = change.mask[field]
    guard mask != 0 else { return }
    let value = change.key[field]
    for part in 0..<4 {
      let shift = UInt128(96 - 32 * part)
      let bits = UInt32(truncatingIfNeeded: mask >> shift)
      let old = word32(offset + 4 * part)
      let new = old & ~bits | UInt32(truncatingIfNeeded: value >> shift) & bits
      guard new != old else { continue }
      set(new, at: offset + 4 * part)
      sum.replace(old, by: new)
    }
  }

  private mutating func rewriteARP(_ change: borrowing FlowRewrite) {
    let at = headers.network
    set(
      UInt16(truncatingIfNeeded: change.merged(.arpOperation, UInt64(word16(at + 6)))), at: at + 6)
    set(mac: change.merged(.arpSenderMAC, mac(at + 8)), at: at + 8)
    set(change.word32(.arpSenderAddress, word32(at + 14)), at: at + 14)
    set(mac: change.merged(.arpTargetMAC, mac(at + 18)), at: at + 18)
    set(change.word32(.arpTargetAddress, word32(at + 24)), at: at + 24)
  }

  // MARK: Transport

  private mutating func rewriteTransport(
    _ change: borrowing FlowRewrite, addresses: ChecksumChange
  ) {
    let at = headers.transport
    switch change.ipProtocol {
    case 6:
      let ports = rewritePorts(change)
      keep(at: at + 16, addresses: addresses, ports: ports, zeroIsNone: false)
    case 17:
      let ports = rewritePorts(change)
      keep(at: at + 6, addresses: addresses, ports: ports, zeroIsNone: true)
    case 132:
      guard !rewritePorts(change).isZero else { return }
      set(UInt32(0), at: at + 8)
      let crc = CRC32C.of(frame.extracting(at..<endOfInternet))
      set(crc.byteSwapped, at: at + 8)
    case 1:
      let old = word16(at)
      rewriteICMP(change)
      var sum = ChecksumChange()
      sum.replace(old, by: word16(at))
      if !sum.isZero { set(sum.applied(to: word16(at + 2)), at: at + 2) }
    case 58: rewriteICMPv6(change, addresses: addresses)
    default: return
    }
  }

  private mutating func rewritePorts(_ change: borrowing FlowRewrite) -> ChecksumChange {
    var sum = ChecksumChange()
    let at = headers.transport
    let old = word32(at)
    let source = change.merged(.transportSource, UInt64(old >> 16))
    let destination = change.merged(.transportDestination, UInt64(old & 0xffff))
    let new = UInt32(truncatingIfNeeded: source << 16 | destination)
    guard new != old else { return sum }
    set(new, at: at)
    sum.replace(old, by: new)
    return sum
  }

  /// Keeps a transport checksum. Where it is left to hardware the field holds the pseudo-header's sum alone.
  private mutating func keep(
    at offset: Int, addresses: ChecksumChange, ports: ChecksumChange, zeroIsNone: Bool
  ) {
    guard count >= offset + 2 else { return }
    let old = word16(offset)
    if info.checksum == .partial {
      if !addresses.isZero { set(addresses.applied(toSum: old), at: offset) }
      return
    }
    if zeroIsNone, old == 0 { return }
    guard !addresses.isZero || !ports.isZero else { return }
    let new = ports.applied(to: addresses.applied(to: old))
    set(zeroIsNone && new == 0 ? 0xffff : new, at: offset)
  }

  private mutating func rewriteICMP(_ change: borrowing FlowRewrite) {
    let at = headers.transport
    set(change.byte(.icmpType, byte(at)), at: at)
    set(change.byte(.icmpCode, byte(at + 1)), at: at + 1)
  }

  private mutating func rewriteICMPv6(
    _ change: borrowing FlowRewrite, addresses: ChecksumChange
  ) {
    let at = headers.transport
    var sum = ChecksumChange()
    let old = word16(at)
    rewriteICMP(change)
    sum.replace(old, by: word16(at))
    if byte(at) == 135 || byte(at) == 136, count >= at + 24 {
      rewrite128(.ndTarget, at: at + 8, change, &sum)
      rewriteOptions(change, &sum)
    }
    keep(at: at + 2, addresses: addresses, ports: sum, zeroIsNone: false)
  }

  /// The link addresses in the options of neighbour discovery.
  private mutating func rewriteOptions(
    _ change: borrowing FlowRewrite, _ sum: inout ChecksumChange
  ) {
    var option = headers.transport + 24
    while option + 8 <= count {
      let length = Int(byte(option + 1)) * 8
      guard length > 0, option + length <= count else { return }
      let field: Field? =
        switch byte(option) {
        case 1: .ndSourceMAC
        case 2: .ndTargetMAC
        default: nil
        }
      if let field, change.mask[field] != 0 {
        let (high, low) = (word16(option + 2), word32(option + 4))
        set(mac: change.merged(field, mac(option + 2)), at: option + 2)
        sum.replace(high, by: word16(option + 2))
        sum.replace(low, by: word32(option + 4))
      }
      option += length
    }
  }

  /// Where the IP packet ends: the frame may be padded.
  private var endOfInternet: Int {
    let at = headers.network
    let length =
      byte(at) >> 4 == 4 ? Int(word16(at + 2)) : 40 + Int(word16(at + 4))
    return max(headers.transport, min(count, at + length))
  }
}
