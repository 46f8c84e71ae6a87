/// A TCP segment seen in place (RFC 9293, section 3.1). Reserved bits are ignored.
public struct TCPView: ~Escapable {
  /// The bytes of a header without options.
  @inlinable public static var minimumHeaderLength: Int { 20 }
  @usableFromInline let bytes: RawSpan
  /// The bytes of the header, options included: 20 to 60.
  public let headerLength: Int

  /// Checks both lengths, so that no accessor can trap.
  @_lifetime(copy bytes)
  @inlinable
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 20 else {
      throw .truncated(needed: 20, available: bytes.byteCount)
    }
    let headerLength = Int(bytes.load(UInt8.self, at: 12) >> 4) &* 4
    guard headerLength >= 20 else { throw .badLength(headerLength) }
    guard headerLength <= bytes.byteCount else {
      throw .truncated(needed: headerLength, available: bytes.byteCount)
    }
    self.bytes = bytes
    self.headerLength = headerLength
  }

  /// The sender's port.
  @inlinable public var sourcePort: UInt16 { bytes.load(at: 0) }
  /// The receiver's port.
  @inlinable public var destinationPort: UInt16 { bytes.load(at: 2) }
  /// SEG.SEQ.
  @inlinable public var sequenceNumber: SequenceNumber {
    SequenceNumber(rawValue: bytes.load(at: 4))
  }
  /// SEG.ACK.
  @inlinable public var acknowledgmentNumber: SequenceNumber {
    SequenceNumber(rawValue: bytes.load(at: 8))
  }
  /// The control bits.
  @inlinable public var flags: TCPFlags { TCPFlags(rawValue: bytes.load(at: 13)) }
  /// SEG.WND, not scaled.
  @inlinable public var window: UInt16 { bytes.load(at: 14) }
  /// The checksum as it stands.
  @inlinable public var checksum: UInt16 { bytes.load(at: 16) }
  /// SEG.UP.
  @inlinable public var urgentPointer: UInt16 { bytes.load(at: 18) }
  /// The options, padding included.
  @inlinable public var options: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(20..<headerLength) }
  }
  /// Whether the checksum is right.
  @inlinable
  public func isChecksumValid(source: IPv4Address, destination: IPv4Address) -> Bool {
    var sum = InternetChecksum.pseudoHeader(
      source: source, destination: destination, protocol: .tcp, length: bytes.byteCount)
    sum.add(bytes)
    return sum.isZero
  }

  /// What follows the header.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(headerLength..<bytes.byteCount) }
  }
}
