/// A GRE packet seen in place (RFC 2784, with the key and sequence number of RFC 2890).
public struct GREView: ~Escapable {
  /// The bytes of a header without optional fields.
  @inlinable public static var minimumHeaderLength: Int { 4 }
  @usableFromInline let bytes: RawSpan
  /// The bytes of the header, optional fields included: 4 to 16.
  public let headerLength: Int

  /// Checks flags, version and length, so that no accessor can trap.
  ///
  /// Throws `badField` when one of the flag bits 1, 4 and 5 is set, which mean source routing of
  /// RFC 1701 and must be refused; the bits behind them are ignored. Throws `badVersion` for
  /// version 1 (PPTP) and beyond.
  @_lifetime(copy bytes)
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 4 else { throw .truncated(needed: 4, available: bytes.byteCount) }
    let flags: UInt16 = bytes.load(at: 0)
    guard flags & 7 == 0 else { throw .badVersion(Int(flags & 7)) }
    guard flags & 0x4C00 == 0 else { throw .badField }
    let headerLength = 4 &+ 4 &* (flags & 0xB000).nonzeroBitCount
    guard headerLength <= bytes.byteCount else {
      throw .truncated(needed: headerLength, available: bytes.byteCount)
    }
    self.bytes = bytes
    self.headerLength = headerLength
  }

  @usableFromInline var flags: UInt8 { bytes.load(at: 0) }

  /// What it carries.
  @inlinable public var payloadType: EtherType { EtherType(rawValue: bytes.load(at: 2)) }
  /// Whether a checksum was sent.
  @inlinable public var hasChecksum: Bool { flags & 0x80 != 0 }
  /// The tunnel's key.
  @inlinable public var key: UInt32? {
    flags & 0x20 != 0 ? bytes.load(at: hasChecksum ? 8 : 4) : nil
  }
  /// The packet's number in the tunnel.
  @inlinable public var sequenceNumber: UInt32? {
    flags & 0x10 != 0 ? bytes.load(at: headerLength &- 4) : nil
  }
  /// What follows the header.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(headerLength..<bytes.byteCount) }
  }
  /// Whether the checksum is right, or was not made.
  @inlinable public var isChecksumValid: Bool { !hasChecksum || InternetChecksum.verifies(bytes) }
}
