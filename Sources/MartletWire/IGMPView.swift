/// An IGMP message seen in place (RFC 2236); longer ones of version 3 are read as far as they agree.
public struct IGMPView: ~Escapable {
  /// The bytes of a message of version 2.
  @inlinable public static var headerLength: Int { 8 }
  @usableFromInline let bytes: RawSpan

  /// Checks that the message is there; throws `truncated`. The checksum is the caller's to ask for.
  @_lifetime(copy bytes)
  @inlinable
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 8 else { throw .truncated(needed: 8, available: bytes.byteCount) }
    self.bytes = bytes
  }

  /// What it says.
  @inlinable public var type: IGMPType { IGMPType(rawValue: bytes.load(at: 0)) }
  /// Queries: the longest time to wait before a report, in tenths of a second. 0 comes from a
  /// router of version 1 and means 100 (RFC 2236, section 4).
  @inlinable public var maximumResponseTime: UInt8 { bytes.load(at: 1) }
  /// The group; unspecified in a general query.
  @inlinable public var group: IPv4Address { bytes.loadIPv4Address(at: 4) }
  /// Whether the checksum, over the whole IP payload, is right.
  @inlinable public var isChecksumValid: Bool { InternetChecksum.verifies(bytes) }
}
