internal import MartletDevice
internal import MartletWire

/// Path MTU discovery (RFC 1191).
extension Stack {
  /// The longest IP packet that gets to a destination by an interface, as far as is known.
  func pathMTU(to destination: IPv4Address, on interface: Int) -> Int {
    let link = interfaces[interface].maximumTransmissionUnit
    guard let path = paths.find(destination, now: now) else { return link }
    return min(link, path)
  }

  /// Takes a router's word that a packet of `packetLength` bytes was too long for its next link.
  ///
  /// The caller has made sure that this host sent that packet (RFC 5927). A path only ever gets
  /// narrower by it, and never below `PathTable.minimumMTU`.
  mutating func reducePathMTU(
    to destination: IPv4Address, nextHopMTU: Int, packetLength: Int, on interface: Int
  ) {
    let known = pathMTU(to: destination, on: interface)
    // Routers older than RFC 1191 name no MTU: the next plateau below what was sent is tried.
    let claimed = nextHopMTU == 0 ? Self.plateau(below: min(packetLength, known)) : nextHopMTU
    let mtu = max(claimed, PathTable.minimumMTU)
    guard mtu < known else { return }
    paths.note(destination, mtu: mtu, now: now)
  }

  /// The next lower common MTU (RFC 1191, section 7.1).
  private static func plateau(below length: Int) -> Int {
    if length > 32_000 { return 32_000 }
    if length > 17_914 { return 17_914 }
    if length > 8166 { return 8166 }
    if length > 4352 { return 4352 }
    if length > 2002 { return 2002 }
    if length > 1492 { return 1492 }
    if length > 1006 { return 1006 }
    return PathTable.minimumMTU
  }
}
