/// A VXLAN packet, the payload of a UDP datagram, seen in place (RFC 7348, section 5).
public struct VXLANView: ~Escapable {
  /// The bytes of the header.
  @inlinable public static var headerLength: Int { 8 }
  /// The UDP port of the service (RFC 7348, section 8.1).
  @inlinable public static var port: UInt16 { 4789 }
  @usableFromInline let bytes: RawSpan

  /// Checks that the header is there and names a network.
  ///
  /// Throws `badField` without the I flag, which "MUST be set to 1 for a valid VXLAN Network ID";
  /// the reserved bits are ignored on receipt, as the RFC asks.
  @_lifetime(copy bytes)
  @inlinable
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 8 else { throw .truncated(needed: 8, available: bytes.byteCount) }
    guard bytes.load(UInt8.self, at: 0) & 0x08 != 0 else { throw .badField }
    self.bytes = bytes
  }

  /// The VXLAN Network Identifier, 0 to 0xFFFFFF.
  @inlinable public var networkIdentifier: UInt32 { bytes.load(UInt32.self, at: 4) >> 8 }
  /// The Ethernet frame that it carries.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(8..<bytes.byteCount) }
  }
}
