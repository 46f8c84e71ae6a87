/// An IPv4 packet seen in place (RFC 791), the link's padding cut off.
///
/// `init(parsing:)` is for packets, `init(parsingQuoted:)` for the beginning of one that an ICMP
/// error quotes.
public struct IPv4View: ~Escapable {
  /// The bytes of a header without options.
  @inlinable public static var minimumHeaderLength: Int { 20 }
  @usableFromInline let bytes: RawSpan
  /// The bytes of the header, options included: 20 to 60.
  public let headerLength: Int

  /// Checks version and lengths, so that no accessor can trap. The checksum is the caller's to ask
  /// for.
  @_lifetime(copy bytes)
  @inlinable
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 20 else {
      throw .truncated(needed: 20, available: bytes.byteCount)
    }
    let first = bytes.load(UInt8.self, at: 0)
    guard first >> 4 == 4 else { throw .badVersion(Int(first >> 4)) }
    let headerLength = Int(first & 15) &* 4
    let totalLength = Int(bytes.load(UInt16.self, at: 2))
    guard headerLength >= 20 else { throw .badLength(headerLength) }
    guard totalLength >= headerLength else { throw .badLength(totalLength) }
    guard totalLength <= bytes.byteCount else {
      throw .truncated(needed: totalLength, available: bytes.byteCount)
    }
    self.bytes = bytes.extracting(0..<totalLength)
    self.headerLength = headerLength
  }

  /// The beginning of a packet, as ICMP errors quote it: the header must be whole, the payload may
  /// be short, and `totalLength` tells how long the packet was.
  @_lifetime(copy bytes)
  public init(parsingQuoted bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 20 else {
      throw .truncated(needed: 20, available: bytes.byteCount)
    }
    let first = bytes.load(UInt8.self, at: 0)
    guard first >> 4 == 4 else { throw .badVersion(Int(first >> 4)) }
    let headerLength = Int(first & 15) &* 4
    let totalLength = Int(bytes.load(UInt16.self, at: 2))
    guard headerLength >= 20 else { throw .badLength(headerLength) }
    guard totalLength >= headerLength else { throw .badLength(totalLength) }
    guard headerLength <= bytes.byteCount else {
      throw .truncated(needed: headerLength, available: bytes.byteCount)
    }
    self.bytes = bytes.extracting(0..<min(totalLength, bytes.byteCount))
    self.headerLength = headerLength
  }

  /// DSCP and ECN.
  @inlinable public var typeOfService: UInt8 { bytes.load(at: 1) }
  /// The DSCP: how routers shall treat the packet, 0 to 63 (RFC 2474).
  @inlinable public var differentiatedServices: UInt8 { typeOfService >> 2 }
  /// The ECN bits.
  @inlinable public var congestion: ExplicitCongestion {
    ExplicitCongestion(typeOfService: typeOfService)
  }
  /// The bytes of header and payload.
  @inlinable public var totalLength: Int { Int(bytes.load(UInt16.self, at: 2)) }
  /// Which datagram a fragment belongs to.
  @inlinable public var identification: UInt16 { bytes.load(at: 4) }
  /// DF.
  @inlinable public var dontFragment: Bool { bytes.load(UInt8.self, at: 6) & 0x40 != 0 }
  /// MF.
  @inlinable public var moreFragments: Bool { bytes.load(UInt8.self, at: 6) & 0x20 != 0 }
  /// Where a fragment's payload lies in the datagram's, in bytes.
  @inlinable public var fragmentOffset: Int {
    Int(bytes.load(UInt16.self, at: 6) & 0x1FFF) &* 8
  }
  /// Whether it is a piece of a datagram.
  @inlinable public var isFragment: Bool { bytes.load(UInt16.self, at: 6) & 0x3FFF != 0 }
  /// The hops left.
  @inlinable public var timeToLive: UInt8 { bytes.load(at: 8) }
  /// What it carries.
  @inlinable public var payloadProtocol: IPProtocol { IPProtocol(rawValue: bytes.load(at: 9)) }
  /// The header's checksum as it stands.
  @inlinable public var headerChecksum: UInt16 { bytes.load(at: 10) }
  /// Who sent it.
  @inlinable public var source: IPv4Address { bytes.loadIPv4Address(at: 12) }
  /// Whom it is for.
  @inlinable public var destination: IPv4Address { bytes.loadIPv4Address(at: 16) }
  /// The header with its options.
  @inlinable public var header: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(0..<headerLength) }
  }
  /// The options, padding included.
  @inlinable public var options: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(20..<headerLength) }
  }
  /// What follows the header.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(headerLength..<bytes.byteCount) }
  }
  /// The whole packet, without the link's padding.
  @inlinable public var packet: RawSpan {
    @_lifetime(copy self) get { bytes }
  }
  /// Whether the header's checksum is right.
  @inlinable public var isChecksumValid: Bool { InternetChecksum.verifies(header) }
}
