/// What stands between an IPv6 header and its transport (RFC 8200, section 4).
public struct IPv6Extensions: Equatable, Sendable {
  /// Which headers a packet has, in the bits that OpenFlow 1.3 gives them (section 7.2.3.8,
  /// `OFPXMT_OFB_IPV6_EXTHDR`).
  public struct Kinds: OptionSet, Hashable, Sendable, BitwiseCopyable {
    /// The bits, nine of them.
    public let rawValue: UInt16
    /// Takes the bits.
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    /// Nothing follows.
    @inlinable public static var noNext: Self { Self(rawValue: 1) }
    /// Encrypted security payload.
    @inlinable public static var encapsulatingSecurity: Self { Self(rawValue: 2) }
    /// Authentication.
    @inlinable public static var authentication: Self { Self(rawValue: 4) }
    /// Destination options, before or behind a routing header.
    @inlinable public static var destination: Self { Self(rawValue: 8) }
    /// Fragment.
    @inlinable public static var fragment: Self { Self(rawValue: 16) }
    /// Routing.
    @inlinable public static var router: Self { Self(rawValue: 32) }
    /// Hop by hop.
    @inlinable public static var hop: Self { Self(rawValue: 64) }
    /// A header came more often than RFC 8200 expects.
    @inlinable public static var repeated: Self { Self(rawValue: 128) }
    /// Headers came in another order than RFC 8200 recommends (section 4.1).
    @inlinable public static var unsequenced: Self { Self(rawValue: 256) }
  }

  /// The protocol at the end of the walk: the transport, or the header that could not be read.
  public private(set) var payloadProtocol: IPProtocol
  /// Where it begins, in bytes behind the IPv6 header.
  public private(set) var payloadOffset: Int
  /// The headers seen.
  public private(set) var kinds: Kinds = []
  /// Whether the packet is a piece of one; false for an "atomic" fragment (RFC 6946), which is
  /// whole.
  public private(set) var isFragment = false
  /// Where a fragment's payload lies in the packet's, in bytes.
  public private(set) var fragmentOffset = 0
  /// Which packet a fragment belongs to.
  public private(set) var identification: UInt32 = 0
  /// Why the walk ended early, and `payloadProtocol` is no transport.
  public private(set) var error: WireError?

  /// Walks `bytes`, which begin behind the IPv6 header.
  public init(walking bytes: RawSpan, first: IPProtocol) {
    payloadProtocol = first
    payloadOffset = 0
    var headers = IPv6ExtensionIterator(bytes, first: first)
    var order = 0
    var destinations = 0
    while let header = headers.next() {
      note(header.kind, next: header.nextHeader, &order, &destinations)
      if header.kind == .fragment {
        isFragment = header.fragmentOffset > 0 || header.moreFragments
        fragmentOffset = header.fragmentOffset
        identification = header.identification
      }
    }
    payloadProtocol = headers.nextHeader
    payloadOffset = bytes.byteCount &- headers.remainder.byteCount
    error = headers.error
    switch payloadProtocol {
    case .noNextHeader: kinds.insert(.noNext)
    case .encapsulatingSecurity: note(.encapsulatingSecurity, next: nil, &order, &destinations)
    default: break
    }
  }

  /// Notes a header and whether it stands where RFC 8200, section 4.1, has it.
  private mutating func note(
    _ kind: IPProtocol, next: IPProtocol?, _ order: inout Int, _ destinations: inout Int
  ) {
    let bit: Kinds
    let place: Int
    switch kind {
    case .hopByHop: (bit, place) = (.hop, 1)
    case .destinationOptions: (bit, place) = (.destination, next == .routing ? 2 : 7)
    case .routing: (bit, place) = (.router, 3)
    case .fragment: (bit, place) = (.fragment, 4)
    case .authentication: (bit, place) = (.authentication, 5)
    case .encapsulatingSecurity: (bit, place) = (.encapsulatingSecurity, 6)
    default: return
    }
    if kind == .destinationOptions { destinations &+= 1 }
    // "At most once (except for the Destination Options header which should occur at most twice)."
    if kinds.contains(bit), kind != .destinationOptions || destinations > 2 {
      kinds.insert(.repeated)
    } else if place < order || (place == order && place != 7) {
      kinds.insert(.unsequenced)
    }
    kinds.insert(bit)
    order = max(order, place)
  }
}
