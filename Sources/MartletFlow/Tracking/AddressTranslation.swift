internal import MartletWire

/// The addresses and ports that a packet gets, and those that the packet gets that it quotes (RFC 3022;
/// ICMP as RFC 5508 has it).
struct AddressTranslation: Equatable, Sendable, BitwiseCopyable {
  /// The new source and destination; ports only where the packet has any.
  var tuple: ConnectionTuple
  /// What the quoted packet of an ICMP error is given.
  var quote: ConnectionTuple?

  /// Rewrites a packet, which begins with its IP header, and keeps every checksum as right as it was.
  ///
  /// - Parameters:
  ///   - packet: The packet.
  ///   - isPartial: Whether its transport checksum is left to hardware: then the field holds the sum of the
  ///     pseudo-header alone.
  @_lifetime(packet: copy packet)
  func apply(to packet: inout MutableRawSpan, isPartial: Bool = false) {
    guard let facts = try? InternetFacts(packet.bytes), facts.tuple.isIPv6 == tuple.isIPv6 else {
      return
    }
    let addresses = rewriteAddresses(&packet, to: tuple)
    guard !facts.isLater else { return }
    let at = facts.payload.lowerBound
    let end = facts.payload.upperBound
    if let quote {
      rewriteQuote(&packet, at: at, end: end, quote, addresses)
      return
    }
    let ports = rewritePorts(&packet, at: at, end: end, to: tuple)
    keepTransport(&packet, at: at, end: end, addresses, ports, isPartial: isPartial)
  }

  /// Rewrites the addresses and the header's own checksum; returns what a pseudo-header changes by.
  @_lifetime(packet: copy packet)
  private func rewriteAddresses(
    _ packet: inout MutableRawSpan, to tuple: ConnectionTuple
  ) -> ChecksumChange {
    var change = ChecksumChange()
    if tuple.isIPv6 {
      for (address, offset) in [(tuple.source, 8), (tuple.destination, 24)] {
        for part in 0..<4 {
          let new = UInt32(truncatingIfNeeded: address >> UInt128(96 - 32 * part))
          let place = offset &+ 4 &* part
          change.replace(packet.load(UInt32.self, at: place), by: new)
          packet.store(new, at: place)
        }
      }
      return change
    }
    for (address, offset) in [(tuple.source, 12), (tuple.destination, 16)] {
      let new = UInt32(truncatingIfNeeded: address)
      change.replace(packet.load(UInt32.self, at: offset), by: new)
      packet.store(new, at: offset)
    }
    if !change.isZero {
      packet.store(change.applied(to: packet.load(at: 10)), at: 10)
    }
    return change
  }

  /// Rewrites ports, or the identifier of an ICMP query.
  @_lifetime(packet: copy packet)
  private func rewritePorts(
    _ packet: inout MutableRawSpan, at: Int, end: Int, to tuple: ConnectionTuple
  ) -> ChecksumChange {
    var change = ChecksumChange()
    switch tuple.ipProtocol {
    case 6, 17, 132:
      guard at &+ 4 <= end else { return change }
      let new = UInt32(tuple.sourcePort) << 16 | UInt32(tuple.destinationPort)
      change.replace(packet.load(UInt32.self, at: at), by: new)
      packet.store(new, at: at)
    case 1, 58:
      guard at &+ 6 <= end, tuple.icmpType != 0 || packet.load(UInt8.self, at: at) == 0 else {
        return change
      }
      change.replace(packet.load(UInt16.self, at: at &+ 4), by: tuple.sourcePort)
      packet.store(tuple.sourcePort, at: at &+ 4)
    default: break
    }
    return change
  }

  @_lifetime(packet: copy packet)
  private func keepTransport(
    _ packet: inout MutableRawSpan, at: Int, end: Int, _ addresses: ChecksumChange,
    _ ports: ChecksumChange, isPartial: Bool
  ) {
    let field: Int
    switch tuple.ipProtocol {
    case 6: field = at &+ 16
    case 17: field = at &+ 6
    case 1, 58: field = at &+ 2
    case 132:
      // A piece of a packet, or one cut off, has a sum over bytes that are not here.
      guard !ports.isZero, at &+ 12 <= end else { return }
      packet.store(UInt32(0), at: at &+ 8)
      let crc = CRC32C.of(packet.bytes.extracting(at..<end))
      packet.store(crc.byteSwapped, at: at &+ 8)
      return
    default: return
    }
    guard field &+ 2 <= end else { return }
    let old: UInt16 = packet.load(at: field)
    // ICMP over IPv4 has no pseudo-header.
    let pseudo = tuple.ipProtocol == 1 ? ChecksumChange() : addresses
    if isPartial {
      if !pseudo.isZero { packet.store(pseudo.applied(toSum: old), at: field) }
      return
    }
    // A checksum of zero under UDP means none (RFC 768).
    if tuple.ipProtocol == 17, old == 0 { return }
    guard !pseudo.isZero || !ports.isZero else { return }
    let new = ports.applied(to: pseudo.applied(to: old))
    packet.store(tuple.ipProtocol == 17 && new == 0 ? 0xffff : new, at: field)
  }

  /// Rewrites the packet that an ICMP error quotes, and the error's own checksum over it.
  @_lifetime(packet: copy packet)
  private func rewriteQuote(
    _ packet: inout MutableRawSpan, at: Int, end: Int, _ quote: ConnectionTuple,
    _ addresses: ChecksumChange
  ) {
    let start = at &+ 8
    guard start < end else { return }
    let before = InternetChecksum.of(packet.bytes.extracting(start..<end))
    var inner = packet._mutatingExtracting(start..<end)
    AddressTranslation(tuple: quote).apply(to: &inner)
    let after = InternetChecksum.of(packet.bytes.extracting(start..<end))
    let stored: UInt16 = packet.load(at: at &+ 2)
    var change = ChecksumChange()
    change.replace(~before, by: ~after)
    let pseudo = tuple.ipProtocol == 1 ? ChecksumChange() : addresses
    packet.store(change.applied(to: pseudo.applied(to: stored)), at: at &+ 2)
  }
}
