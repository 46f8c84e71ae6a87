/// An IPv6 header, to compare, to build and to write (RFC 8200, section 3).
public struct IPv6Header: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of the header.
  @inlinable public static var length: Int { 40 }
  /// DSCP and ECN.
  public var trafficClass: UInt8 = 0
  /// Which packets belong together; only the low 20 bits are sent.
  public var flowLabel: UInt32 = 0
  /// What follows.
  public var nextHeader: IPProtocol
  /// The hops left.
  public var hopLimit: UInt8
  /// Who sends it.
  public var source: IPv6Address
  /// Whom it is for.
  public var destination: IPv6Address

  /// Takes what has no usual value.
  @inlinable
  public init(
    source: IPv6Address, destination: IPv6Address, nextHeader: IPProtocol, hopLimit: UInt8 = 64
  ) {
    self.nextHeader = nextHeader
    self.hopLimit = hopLimit
    self.source = source
    self.destination = destination
  }

  /// The header of a packet seen in place.
  @inlinable
  public init(_ view: borrowing IPv6View) {
    self.init(
      source: view.source, destination: view.destination, nextHeader: view.nextHeader,
      hopLimit: view.hopLimit)
    trafficClass = view.trafficClass
    flowLabel = view.flowLabel
  }

  /// Writes the header to the start of `bytes`.
  ///
  /// Throws `truncated` when it does not fit, `badLength` for a payload beyond 65,535 bytes.
  @_lifetime(bytes: copy bytes)
  @inlinable
  public func emit(into bytes: inout MutableRawSpan, payloadLength: Int) throws(WireError) {
    guard let length = UInt16(exactly: payloadLength) else { throw .badLength(payloadLength) }
    guard bytes.byteCount >= 40 else {
      throw .truncated(needed: 40, available: bytes.byteCount)
    }
    bytes.store(6 << 28 | UInt32(trafficClass) << 20 | flowLabel & 0xF_FFFF, at: 0)
    bytes.store(length, at: 4)
    bytes.store(UInt16(nextHeader.rawValue) << 8 | UInt16(hopLimit), at: 6)
    bytes.store(source, at: 8)
    bytes.store(destination, at: 24)
  }
}
