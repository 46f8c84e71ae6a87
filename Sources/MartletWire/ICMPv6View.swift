/// An ICMPv6 message seen in place (RFC 4443).
public struct ICMPv6View: ~Escapable {
  /// The bytes of the header.
  @inlinable public static var headerLength: Int { 8 }
  @usableFromInline let bytes: RawSpan

  /// Checks that the header is there. The checksum is the caller's to ask for.
  @_lifetime(copy bytes)
  @inlinable
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 8 else { throw .truncated(needed: 8, available: bytes.byteCount) }
    self.bytes = bytes
  }

  /// What it says.
  @inlinable public var type: ICMPv6Type { ICMPv6Type(rawValue: bytes.load(at: 0)) }
  /// Which kind of that.
  @inlinable public var code: UInt8 { bytes.load(at: 1) }
  /// The checksum as it stands.
  @inlinable public var checksum: UInt16 { bytes.load(at: 2) }
  /// The last four bytes of the header, whose meaning is the type's.
  @inlinable public var rest: UInt32 { bytes.load(at: 4) }
  /// Echo: whose messages belong together.
  @inlinable public var identifier: UInt16 { bytes.load(at: 4) }
  /// Echo: the message's number.
  @inlinable public var sequenceNumber: UInt16 { bytes.load(at: 6) }
  /// Echo: the data. Errors: the beginning of the packet that met the error.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(8..<bytes.byteCount) }
  }

  /// Whether the checksum is right.
  @inlinable
  public func isChecksumValid(source: IPv6Address, destination: IPv6Address) -> Bool {
    var sum = InternetChecksum.pseudoHeader(
      source: source, destination: destination, protocol: .icmpv6, length: bytes.byteCount)
    sum.add(bytes)
    return sum.isZero
  }

  /// Errors: the beginning of the packet that met the error; throws when the message is no error
  /// (`badField`) or does not quote a whole IPv6 header.
  @_lifetime(copy self)
  public func quotedPacket() throws(WireError) -> IPv6View {
    guard type.isError else { throw .badField }
    return try IPv6View(parsingQuoted: payload)
  }

  /// Neighbour discovery: the message with its target and options; throws `badField` when the
  /// message is of another kind, and as `NeighbourDiscoveryView` does.
  @_lifetime(copy self)
  public func neighbourDiscovery() throws(WireError) -> NeighbourDiscoveryView {
    try NeighbourDiscoveryView(parsing: bytes)
  }
}
