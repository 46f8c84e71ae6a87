/// The header of a DNS message without its counts (RFC 1035, section 4.1.1).
public struct DNSHeader: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of the header, counts included.
  @inlinable public static var length: Int { 12 }

  /// Which query an answer belongs to.
  public var identifier: UInt16
  /// The flags as they stand: bits this type does not name survive a round trip.
  public var flags: UInt16

  /// A header with the flags as they stand on the wire.
  @inlinable
  public init(identifier: UInt16, flags: UInt16) {
    self.identifier = identifier
    self.flags = flags
  }

  /// A query that asks the server to find out for us (RD).
  @inlinable
  public static func query(identifier: UInt16) -> Self {
    Self(identifier: identifier, flags: 0x0100)
  }

  /// The answer to this query, with its identifier, its opcode and its RD bit.
  @inlinable
  public func response(_ code: DNSResponseCode = .noError) -> Self {
    var header = Self(identifier: identifier, flags: 0x8000 | flags & 0x7900)
    header.responseCode = code
    return header
  }

  /// QR: whether it answers.
  @inlinable public var isResponse: Bool {
    get { flags & 0x8000 != 0 }
    set { set(0x8000, newValue) }
  }
  /// The kind of query, 0 to 15: 0 is the usual one.
  @inlinable public var operation: UInt8 { UInt8(truncatingIfNeeded: flags >> 11) & 15 }
  /// AA: whether the server owns the zone.
  @inlinable public var isAuthoritative: Bool {
    get { flags & 0x0400 != 0 }
    set { set(0x0400, newValue) }
  }
  /// TC: whether the answer did not fit; ask again over TCP.
  @inlinable public var isTruncated: Bool {
    get { flags & 0x0200 != 0 }
    set { set(0x0200, newValue) }
  }
  /// RD: whether the server shall find out.
  @inlinable public var recursionDesired: Bool {
    get { flags & 0x0100 != 0 }
    set { set(0x0100, newValue) }
  }
  /// RA: whether the server can find out.
  @inlinable public var recursionAvailable: Bool {
    get { flags & 0x0080 != 0 }
    set { set(0x0080, newValue) }
  }
  /// How the query ended.
  @inlinable public var responseCode: DNSResponseCode {
    get { DNSResponseCode(rawValue: UInt8(truncatingIfNeeded: flags & 15)) }
    set { flags = flags & 0xFFF0 | UInt16(newValue.rawValue & 15) }
  }

  @inlinable
  mutating func set(_ bit: UInt16, _ isSet: Bool) {
    flags = isSet ? flags | bit : flags & ~bit
  }
}
