/// An Ethernet II frame seen in place, without its frame check sequence.
public struct EthernetView: ~Escapable {
  /// The bytes of the header.
  @inlinable public static var headerLength: Int { 14 }
  @usableFromInline let bytes: RawSpan

  /// Checks that the header is there.
  @_lifetime(copy bytes)
  @inlinable
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 14 else {
      throw .truncated(needed: 14, available: bytes.byteCount)
    }
    self.bytes = bytes
  }

  /// Whom the frame is for.
  @inlinable public var destination: MACAddress { bytes.loadMACAddress(at: 0) }
  /// Who sent it.
  @inlinable public var source: MACAddress { bytes.loadMACAddress(at: 6) }
  /// What it carries.
  @inlinable public var etherType: EtherType { EtherType(rawValue: bytes.load(at: 12)) }
  /// What follows the header, padding included.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(14..<bytes.byteCount) }
  }
}
