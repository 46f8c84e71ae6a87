/// A UDP datagram seen in place (RFC 768).
public struct UDPView: ~Escapable {
  /// The bytes of the header.
  @inlinable public static var headerLength: Int { 8 }
  @usableFromInline let bytes: RawSpan

  /// Checks every length, so that no accessor can trap.
  @_lifetime(copy bytes)
  @inlinable
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 8 else { throw .truncated(needed: 8, available: bytes.byteCount) }
    let length = Int(bytes.load(UInt16.self, at: 4))
    guard length >= 8 else { throw .badLength(length) }
    guard length <= bytes.byteCount else {
      throw .truncated(needed: length, available: bytes.byteCount)
    }
    self.bytes = bytes.extracting(0..<length)
  }

  /// The sender's port; 0 for none.
  @inlinable public var sourcePort: UInt16 { bytes.load(at: 0) }
  /// The receiver's port.
  @inlinable public var destinationPort: UInt16 { bytes.load(at: 2) }
  /// The bytes of header and payload.
  @inlinable public var length: Int { bytes.byteCount }
  /// The checksum as it stands; 0 for none.
  @inlinable public var checksum: UInt16 { bytes.load(at: 6) }
  /// What follows the header.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(8..<bytes.byteCount) }
  }

  /// Whether the checksum is right, or was not made.
  @inlinable
  public func isChecksumValid(source: IPv4Address, destination: IPv4Address) -> Bool {
    guard checksum != 0 else { return true }
    var sum = InternetChecksum.pseudoHeader(
      source: source, destination: destination, protocol: .udp, length: bytes.byteCount)
    sum.add(bytes)
    return sum.isZero
  }
}
