/// A neighbour solicitation or advertisement, or a router solicitation, to compare, to build and to
/// write (RFC 4861, sections 4.1, 4.3 and 4.4).
public struct NeighbourDiscoveryMessage: Equatable, Sendable, BitwiseCopyable {
  /// What it says: one of the three.
  public let type: ICMPv6Type
  /// The flags of an advertisement in the top three bits (R, S, O); otherwise 0.
  public let flags: UInt32
  /// The address in question; unspecified in a router solicitation.
  public let target: IPv6Address
  /// The link-layer address option: the source's in a solicitation, the target's in an
  /// advertisement.
  public let linkLayer: MACAddress?

  private init(type: ICMPv6Type, flags: UInt32, target: IPv6Address, linkLayer: MACAddress?) {
    self.type = type
    self.flags = flags
    self.target = target
    self.linkLayer = linkLayer
  }

  /// Who has `target`? Without `source` when the sender has no address yet.
  public static func solicitation(of target: IPv6Address, source: MACAddress?) -> Self {
    Self(type: .neighbourSolicitation, flags: 0, target: target, linkLayer: source)
  }

  /// `linkLayer` has `target`.
  public static func advertisement(
    of target: IPv6Address, linkLayer: MACAddress?, isRouter: Bool = false,
    isSolicited: Bool = true, overrides: Bool = true
  ) -> Self {
    let flags =
      (isRouter ? 1 << 31 : 0) | (isSolicited ? 1 << 30 : 0) | (overrides ? 1 << 29 : 0 as UInt32)
    return Self(
      type: .neighbourAdvertisement, flags: flags, target: target, linkLayer: linkLayer)
  }

  /// Which routers are there?
  public static func routerSolicitation(source: MACAddress?) -> Self {
    Self(type: .routerSolicitation, flags: 0, target: .unspecified, linkLayer: source)
  }

  /// The message seen in place; `nil` for a router advertisement or a redirect.
  public init?(_ view: borrowing NeighbourDiscoveryView) {
    switch view.type {
    case .neighbourSolicitation, .routerSolicitation: linkLayer = view.sourceLinkLayer
    case .neighbourAdvertisement: linkLayer = view.targetLinkLayer
    default: return nil
    }
    type = view.type
    flags = type == .neighbourAdvertisement ? view.rest & 0xE000_0000 : 0
    target = view.target ?? .unspecified
  }

  /// The bytes that `emit` writes: 8 to 32.
  public var length: Int {
    (type == .routerSolicitation ? 8 : 24) &+ (linkLayer == nil ? 0 : 8)
  }

  /// Writes the message with its checksum to the start of `bytes`; throws `truncated` when it does
  /// not fit. The packet's hop limit must be 255.
  @_lifetime(bytes: copy bytes)
  public func emit(
    into bytes: inout MutableRawSpan, source: IPv6Address, destination: IPv6Address
  ) throws(WireError) {
    guard bytes.byteCount >= length else {
      throw .truncated(needed: length, available: bytes.byteCount)
    }
    if type != .routerSolicitation { bytes.store(target, at: 8) }
    if let linkLayer {
      let isTarget = type == .neighbourAdvertisement
      bytes.store(UInt16(isTarget ? 0x0201 : 0x0101), at: length &- 8)
      bytes.store(linkLayer, at: length &- 6)
    }
    var message = bytes._mutatingExtracting(0..<length)
    try ICMPv6Header(type: type, rest: flags)
      .emit(into: &message, source: source, destination: destination)
  }
}
