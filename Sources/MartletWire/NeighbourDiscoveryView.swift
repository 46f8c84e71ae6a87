/// A neighbour discovery message of ICMPv6 seen in place (RFC 4861, section 4).
public struct NeighbourDiscoveryView: ~Escapable {
  @usableFromInline let bytes: RawSpan
  /// Where the options begin.
  @usableFromInline let optionsOffset: Int

  /// Checks kind, length and the lengths of the options, so that no accessor can trap.
  ///
  /// Throws `badField` for another kind of message; `badLength` for an option of length 0, at which
  /// "nodes MUST silently discard" the message; `truncated` for an option that reaches beyond it.
  @_lifetime(copy bytes)
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 8 else { throw .truncated(needed: 8, available: bytes.byteCount) }
    let start: Int
    switch ICMPv6Type(rawValue: bytes.load(at: 0)) {
    case .routerSolicitation: start = 8
    case .routerAdvertisement: start = 16
    case .neighbourSolicitation, .neighbourAdvertisement: start = 24
    case .redirect: start = 40
    default: throw .badField
    }
    guard bytes.byteCount >= start else {
      throw .truncated(needed: start, available: bytes.byteCount)
    }
    var offset = start
    while offset < bytes.byteCount {
      let room = bytes.byteCount &- offset
      guard room >= 2 else { throw .truncated(needed: offset &+ 8, available: bytes.byteCount) }
      let length = Int(bytes.load(UInt8.self, at: offset &+ 1)) &* 8
      guard length > 0 else { throw .badLength(0) }
      guard length <= room else {
        throw .truncated(needed: offset &+ length, available: bytes.byteCount)
      }
      offset &+= length
    }
    self.bytes = bytes
    optionsOffset = start
  }

  /// What it says.
  @inlinable public var type: ICMPv6Type { ICMPv6Type(rawValue: bytes.load(at: 0)) }
  /// The four bytes behind the checksum: reserved, or the flags of an advertisement.
  @inlinable public var rest: UInt32 { bytes.load(at: 4) }
  /// Neighbour advertisement: R, the sender is a router.
  @inlinable public var isRouter: Bool { type == .neighbourAdvertisement && rest >> 31 != 0 }
  /// Neighbour advertisement: S, it answers a solicitation.
  @inlinable public var isSolicited: Bool {
    type == .neighbourAdvertisement && rest & 0x4000_0000 != 0
  }
  /// Neighbour advertisement: O, it replaces what is known.
  @inlinable public var overrides: Bool {
    type == .neighbourAdvertisement && rest & 0x2000_0000 != 0
  }
  /// Neighbour messages and redirect: the address in question; `nil` for router messages.
  @inlinable public var target: IPv6Address? {
    optionsOffset >= 24 ? bytes.loadIPv6Address(at: 8) : nil
  }
  /// The source link-layer address option (type 1), when it holds an Ethernet address.
  public var sourceLinkLayer: MACAddress? { linkLayer(1) }
  /// The target link-layer address option (type 2), when it holds an Ethernet address.
  public var targetLinkLayer: MACAddress? { linkLayer(2) }

  /// The first option of `type`, both its bytes of type and length included.
  @_lifetime(copy self)
  public func option(_ type: UInt8) -> RawSpan? {
    guard let offset = offset(of: type) else { return nil }
    let length = Int(bytes.load(UInt8.self, at: offset &+ 1)) &* 8
    return bytes.extracting(offset..<offset &+ length)
  }

  /// Where the address of a link-layer option lies in the message, for who rewrites it in place.
  public func linkLayerOffset(source isSource: Bool) -> Int? {
    guard let offset = offset(of: isSource ? 1 : 2),
      bytes.load(UInt8.self, at: offset &+ 1) == 1
    else { return nil }
    return offset &+ 2
  }

  private func linkLayer(_ type: UInt8) -> MACAddress? {
    linkLayerOffset(source: type == 1).map { bytes.loadMACAddress(at: $0) }
  }

  private func offset(of type: UInt8) -> Int? {
    var offset = optionsOffset
    while offset < bytes.byteCount {
      if bytes.load(UInt8.self, at: offset) == type { return offset }
      offset &+= Int(bytes.load(UInt8.self, at: offset &+ 1)) &* 8
    }
    return nil
  }
}
