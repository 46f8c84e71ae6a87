/// Walks the routes of the classless static route option (RFC 3442).
public struct DHCPv4RouteIterator: ~Escapable {
  /// A way to a network.
  public struct Route: Equatable, Sendable, BitwiseCopyable {
    /// The network; a length of 0 is the default route.
    public let destination: IPv4Prefix
    /// The router; unspecified when the network is on the link itself.
    public let router: IPv4Address

    /// Takes network and router.
    public init(destination: IPv4Prefix, router: IPv4Address) {
      self.destination = destination
      self.router = router
    }
  }

  private let bytes: RawSpan
  private var offset = 0

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) { self.bytes = bytes }

  /// The next route; `nil` at the end, or when a prefix is longer than 32 bits or the option ends
  /// within a route.
  public mutating func next() -> Route? {
    guard offset < bytes.byteCount else { return nil }
    let length: UInt8 = bytes.load(at: offset)
    let significant = (Int(length) &+ 7) / 8
    let end = offset &+ 1 &+ significant &+ 4
    guard length <= 32, end <= bytes.byteCount else {
      offset = bytes.byteCount
      return nil
    }
    var network: UInt32 = 0
    for index in 0..<significant {
      let byte = UInt32(bytes.load(UInt8.self, at: offset &+ 1 &+ index))
      network |= byte << UInt32(truncatingIfNeeded: 24 &- 8 &* index)
    }
    offset = end
    return Route(
      destination: IPv4Prefix(IPv4Address(rawValue: network), length: length),
      router: bytes.loadIPv4Address(at: end &- 4))
  }
}
