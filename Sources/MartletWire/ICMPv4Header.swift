/// The header of an ICMP message, to compare, to build and to write.
public struct ICMPv4Header: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of the header.
  @inlinable public static var length: Int { 8 }
  /// What it says.
  public var type: ICMPv4Type
  /// Which kind of that.
  public var code: ICMPv4Code
  /// The last four bytes of the header, whose meaning is the type's.
  public var rest: UInt32

  /// Takes the three fields.
  @inlinable
  public init(type: ICMPv4Type, code: ICMPv4Code = .none, rest: UInt32 = 0) {
    self.type = type
    self.code = code
    self.rest = rest
  }

  /// An echo request or reply.
  @inlinable
  public init(type: ICMPv4Type, identifier: UInt16, sequenceNumber: UInt16) {
    self.init(type: type, rest: UInt32(identifier) << 16 | UInt32(sequenceNumber))
  }

  /// Destination unreachable because of DF: `nextHopMTU` is the largest packet, in bytes, that
  /// fits the next link (RFC 1191, section 4).
  @inlinable
  public static func fragmentationNeeded(nextHopMTU: UInt16) -> Self {
    Self(type: .destinationUnreachable, code: .fragmentationNeeded, rest: UInt32(nextHopMTU))
  }

  /// Redirect to a better `gateway`.
  @inlinable
  public static func redirect(_ code: ICMPv4Code, to gateway: IPv4Address) -> Self {
    Self(type: .redirect, code: code, rest: gateway.rawValue)
  }

  /// Parameter problem at byte `pointer` of the header.
  @inlinable
  public static func parameterProblem(at pointer: UInt8) -> Self {
    Self(type: .parameterProblem, rest: UInt32(pointer) << 24)
  }

  /// The header of a message seen in place.
  @inlinable
  public init(_ view: borrowing ICMPv4View) {
    self.init(type: view.type, code: view.code, rest: view.rest)
  }

  /// Writes the header to the start of `bytes`, and the checksum over it and all that follows it
  /// in `bytes`; throws `truncated` when it does not fit.
  @_lifetime(bytes: copy bytes)
  @inlinable
  public func emit(into bytes: inout MutableRawSpan) throws(WireError) {
    guard bytes.byteCount >= 8 else { throw .truncated(needed: 8, available: bytes.byteCount) }
    bytes.store(UInt16(type.rawValue) << 8 | UInt16(code.rawValue), at: 0)
    bytes.store(UInt16(0), at: 2)
    bytes.store(rest, at: 4)
    bytes.store(InternetChecksum.of(bytes.bytes), at: 2)
  }
}
