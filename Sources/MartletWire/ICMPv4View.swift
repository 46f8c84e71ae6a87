/// An ICMP message seen in place (RFC 792).
public struct ICMPv4View: ~Escapable {
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
  @inlinable public var type: ICMPv4Type { ICMPv4Type(rawValue: bytes.load(at: 0)) }
  /// Which kind of that.
  @inlinable public var code: ICMPv4Code { ICMPv4Code(rawValue: bytes.load(at: 1)) }
  /// The checksum as it stands.
  @inlinable public var checksum: UInt16 { bytes.load(at: 2) }
  /// The last four bytes of the header, whose meaning is the type's.
  @inlinable public var rest: UInt32 { bytes.load(at: 4) }
  /// Echo and timestamp: whose messages belong together.
  @inlinable public var identifier: UInt16 { bytes.load(at: 4) }
  /// Echo and timestamp: the message's number.
  @inlinable public var sequenceNumber: UInt16 { bytes.load(at: 6) }
  /// Fragmentation needed: the next hop's MTU in bytes; 0 from a router that does not say.
  @inlinable public var nextHopMTU: UInt16 { bytes.load(at: 6) }
  /// Redirect: the better router.
  @inlinable public var gateway: IPv4Address { bytes.loadIPv4Address(at: 4) }
  /// Parameter problem: the byte of the quoted header that was wrong.
  @inlinable public var pointer: UInt8 { bytes.load(at: 4) }
  /// Echo: the data. Errors: the packet that met the error, its header and at least eight bytes.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(8..<bytes.byteCount) }
  }
  /// Whether the checksum is right.
  @inlinable public var isChecksumValid: Bool { InternetChecksum.verifies(bytes) }

  /// Errors: the beginning of the packet that met the error; throws when the message is no error
  /// (`badField`) or does not quote a whole IPv4 header.
  ///
  /// The quote is what a stranger says was sent: check it against the connection it names before
  /// acting on it (RFC 5927). It may end anywhere behind the header, also before the eight bytes
  /// of payload that RFC 792 promises.
  @_lifetime(copy self)
  public func quotedPacket() throws(WireError) -> IPv4View {
    guard type.isError else { throw .badField }
    return try IPv4View(parsingQuoted: payload)
  }
}
