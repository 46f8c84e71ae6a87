/// An SCTP packet seen in place: the common header and the chunks behind it (RFC 9260, section 3).
public struct SCTPView: ~Escapable {
  /// The bytes of the common header.
  @inlinable public static var headerLength: Int { 12 }
  @usableFromInline let bytes: RawSpan

  /// Checks that the header is there. The checksum is the caller's to ask for.
  @_lifetime(copy bytes)
  @inlinable
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 12 else {
      throw .truncated(needed: 12, available: bytes.byteCount)
    }
    self.bytes = bytes
  }

  /// The sender's port.
  @inlinable public var sourcePort: UInt16 { bytes.load(at: 0) }
  /// The receiver's port.
  @inlinable public var destinationPort: UInt16 { bytes.load(at: 2) }
  /// The tag that the receiver chose for the association; 0 with INIT.
  @inlinable public var verificationTag: UInt32 { bytes.load(at: 4) }
  /// The CRC-32C as it stands; the low byte comes first on the wire.
  @inlinable public var checksum: UInt32 { bytes.load(UInt32.self, at: 8).byteSwapped }
  /// The chunks.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(12..<bytes.byteCount) }
  }

  /// Whether the checksum is right.
  public var isChecksumValid: Bool {
    var sum = CRC32C()
    sum.add(bytes.extracting(0..<8))
    sum.addZeros()
    sum.add(payload)
    return sum.value == checksum
  }
}
