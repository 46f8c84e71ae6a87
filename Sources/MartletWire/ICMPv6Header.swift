/// The header of an ICMPv6 message, to compare, to build and to write (RFC 4443).
public struct ICMPv6Header: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of the header.
  @inlinable public static var length: Int { 8 }
  /// What it says.
  public var type: ICMPv6Type
  /// Which kind of that.
  public var code: UInt8
  /// The last four bytes of the header, whose meaning is the type's.
  public var rest: UInt32

  /// Takes the three fields.
  @inlinable
  public init(type: ICMPv6Type, code: UInt8 = 0, rest: UInt32 = 0) {
    self.type = type
    self.code = code
    self.rest = rest
  }

  /// An echo request or reply.
  @inlinable
  public init(type: ICMPv6Type, identifier: UInt16, sequenceNumber: UInt16) {
    self.init(type: type, rest: UInt32(identifier) << 16 | UInt32(sequenceNumber))
  }

  /// Packet too big: `mtu` is that of the next link in bytes (RFC 4443, section 3.2).
  @inlinable
  public static func packetTooBig(mtu: UInt32) -> Self { Self(type: .packetTooBig, rest: mtu) }

  /// The header of a message seen in place.
  @inlinable
  public init(_ view: borrowing ICMPv6View) {
    self.init(type: view.type, code: view.code, rest: view.rest)
  }

  /// Writes the header to the start of `bytes`, and the checksum over the pseudo-header, it and all
  /// that follows it in `bytes`; throws `truncated` when it does not fit.
  @_lifetime(bytes: copy bytes)
  @inlinable
  public func emit(
    into bytes: inout MutableRawSpan, source: IPv6Address, destination: IPv6Address
  ) throws(WireError) {
    guard bytes.byteCount >= 8 else { throw .truncated(needed: 8, available: bytes.byteCount) }
    bytes.store(UInt16(type.rawValue) << 8 | UInt16(code), at: 0)
    bytes.store(UInt16(0), at: 2)
    bytes.store(rest, at: 4)
    var sum = InternetChecksum.pseudoHeader(
      source: source, destination: destination, protocol: .icmpv6, length: bytes.byteCount)
    sum.add(bytes.bytes)
    bytes.store(sum.value, at: 2)
  }
}
