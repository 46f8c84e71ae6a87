/// An IGMP message of version 2, to compare, to build and to write (RFC 2236, section 2).
public struct IGMPMessage: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of the message.
  @inlinable public static var length: Int { 8 }
  /// What it says.
  public var type: IGMPType
  /// Queries: the longest time to wait before a report, in tenths of a second; else 0.
  public var maximumResponseTime: UInt8
  /// The group; unspecified in a general query.
  public var group: IPv4Address

  /// Takes the three fields.
  @inlinable
  public init(type: IGMPType, maximumResponseTime: UInt8 = 0, group: IPv4Address) {
    self.type = type
    self.maximumResponseTime = maximumResponseTime
    self.group = group
  }

  /// The fields of a message seen in place.
  @inlinable
  public init(_ view: borrowing IGMPView) {
    self.init(
      type: view.type, maximumResponseTime: view.maximumResponseTime, group: view.group)
  }

  /// Writes the message with its checksum to the start of `bytes`; throws `truncated` when it does
  /// not fit. It goes out with TTL 1 and router alert.
  @_lifetime(bytes: copy bytes)
  public func emit(into bytes: inout MutableRawSpan) throws(WireError) {
    guard bytes.byteCount >= 8 else { throw .truncated(needed: 8, available: bytes.byteCount) }
    bytes.store(type.rawValue, at: 0)
    bytes.store(maximumResponseTime, at: 1)
    bytes.store(UInt16(0), at: 2)
    bytes.store(group, at: 4)
    bytes.store(InternetChecksum.of(bytes.bytes.extracting(0..<8)), at: 2)
  }
}
