/// One entry of an MPLS label stack (RFC 3032, section 2.1).
public struct MPLSLabel: RawRepresentable, Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The bytes of an entry.
  @inlinable public static var length: Int { 4 }
  /// The entry as it stands on the wire, in the host's order.
  public let rawValue: UInt32

  /// Takes the entry as it stands on the wire, in the host's order.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Takes the low 20 bits of `label` and the low 3 of `trafficClass`.
  @inlinable
  public init(
    label: UInt32, trafficClass: UInt8 = 0, isBottom: Bool, timeToLive: UInt8
  ) {
    rawValue =
      (label & 0xF_FFFF) << 12 | UInt32(trafficClass & 7) << 9 | (isBottom ? 0x100 : 0)
      | UInt32(timeToLive)
  }

  /// The label, 0 to 0xFFFFF; below 16 reserved (0: IPv4 explicit null, 2: IPv6 explicit null).
  @inlinable public var label: UInt32 { rawValue >> 12 }
  /// The traffic class, 0 to 7 (RFC 5462).
  @inlinable public var trafficClass: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 9 & 7) }
  /// S: whether no entry follows.
  @inlinable public var isBottom: Bool { rawValue & 0x100 != 0 }
  /// The hops left.
  @inlinable public var timeToLive: UInt8 { UInt8(truncatingIfNeeded: rawValue) }

  /// Reads an entry; throws `truncated`.
  @inlinable
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 4 else { throw .truncated(needed: 4, available: bytes.byteCount) }
    rawValue = bytes.load(at: 0)
  }

  /// Writes the entry to the start of `bytes`; throws `truncated` when it does not fit.
  @_lifetime(bytes: copy bytes)
  @inlinable
  public func emit(into bytes: inout MutableRawSpan) throws(WireError) {
    guard bytes.byteCount >= 4 else { throw .truncated(needed: 4, available: bytes.byteCount) }
    bytes.store(rawValue, at: 0)
  }
}
