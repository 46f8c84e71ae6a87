/// An IPv6 packet seen in place (RFC 8200, section 3), the link's padding cut off.
///
/// `extensions` walks the headers between it and the transport. A jumbogram (RFC 2675), whose
/// payload length is 0, has an empty payload here.
public struct IPv6View: ~Escapable {
  /// The bytes of the header, extension headers not counted.
  @inlinable public static var headerLength: Int { 40 }
  @usableFromInline let bytes: RawSpan

  /// Checks version and length, so that no accessor can trap.
  @_lifetime(copy bytes)
  @inlinable
  public init(parsing bytes: RawSpan) throws(WireError) {
    try self.init(parsingQuoted: bytes)
    guard payloadLength &+ 40 <= bytes.byteCount else {
      throw .truncated(needed: payloadLength &+ 40, available: bytes.byteCount)
    }
  }

  /// The beginning of a packet, as ICMPv6 errors quote it: the header must be whole, the payload
  /// may be short, and `payloadLength` tells how long it was.
  @_lifetime(copy bytes)
  @inlinable
  public init(parsingQuoted bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 40 else {
      throw .truncated(needed: 40, available: bytes.byteCount)
    }
    let version = bytes.load(UInt8.self, at: 0) >> 4
    guard version == 6 else { throw .badVersion(Int(version)) }
    let length = Int(bytes.load(UInt16.self, at: 4))
    self.bytes = bytes.extracting(0..<min(40 &+ length, bytes.byteCount))
  }

  /// DSCP and ECN.
  @inlinable public var trafficClass: UInt8 {
    UInt8(truncatingIfNeeded: bytes.load(UInt16.self, at: 0) >> 4)
  }
  /// The DSCP: how routers shall treat the packet, 0 to 63 (RFC 2474).
  @inlinable public var differentiatedServices: UInt8 { trafficClass >> 2 }
  /// The ECN bits.
  @inlinable public var congestion: ExplicitCongestion {
    ExplicitCongestion(typeOfService: trafficClass)
  }
  /// Which packets belong together, 0 to 0xFFFFF (RFC 6437); 0 for none.
  @inlinable public var flowLabel: UInt32 { bytes.load(UInt32.self, at: 0) & 0xF_FFFF }
  /// The bytes behind this header, as the packet says.
  @inlinable public var payloadLength: Int { Int(bytes.load(UInt16.self, at: 4)) }
  /// What follows this header: an extension or the transport.
  @inlinable public var nextHeader: IPProtocol { IPProtocol(rawValue: bytes.load(at: 6)) }
  /// The hops left.
  @inlinable public var hopLimit: UInt8 { bytes.load(at: 7) }
  /// Who sent it.
  @inlinable public var source: IPv6Address { bytes.loadIPv6Address(at: 8) }
  /// Whom it is for.
  @inlinable public var destination: IPv6Address { bytes.loadIPv6Address(at: 24) }
  /// The extension headers, one after the other.
  @inlinable public var extensionHeaders: IPv6ExtensionIterator {
    @_lifetime(copy self) get { IPv6ExtensionIterator(payload, first: nextHeader) }
  }
  /// What the walk over the extension headers finds.
  @inlinable public var extensions: IPv6Extensions {
    IPv6Extensions(walking: payload, first: nextHeader)
  }
  /// What follows this header, extension headers included.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(40..<bytes.byteCount) }
  }
  /// The whole packet, without the link's padding.
  @inlinable public var packet: RawSpan {
    @_lifetime(copy self) get { bytes }
  }
}
