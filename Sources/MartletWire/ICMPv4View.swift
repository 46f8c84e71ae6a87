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
  /// Echo: the data. Errors: the packet that met the error, its header and at least eight bytes.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(8..<bytes.byteCount) }
  }
  /// Whether the checksum is right.
  @inlinable public var isChecksumValid: Bool { InternetChecksum.of(bytes) == 0 }
}
