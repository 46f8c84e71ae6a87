/// The common header of an SCTP packet, to compare, to build and to write (RFC 9260, section 3.1).
public struct SCTPHeader: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of the header.
  @inlinable public static var length: Int { 12 }
  /// The sender's port.
  public var sourcePort: UInt16
  /// The receiver's port.
  public var destinationPort: UInt16
  /// The tag that the receiver chose for the association.
  public var verificationTag: UInt32

  /// Takes the three fields.
  @inlinable
  public init(sourcePort: UInt16, destinationPort: UInt16, verificationTag: UInt32) {
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.verificationTag = verificationTag
  }

  /// The header of a packet seen in place.
  @inlinable
  public init(_ view: borrowing SCTPView) {
    self.init(
      sourcePort: view.sourcePort, destinationPort: view.destinationPort,
      verificationTag: view.verificationTag)
  }

  /// Writes the header to the start of `bytes`, and the checksum over it and all that follows it in
  /// `bytes`; throws `truncated` when it does not fit.
  @_lifetime(bytes: copy bytes)
  public func emit(into bytes: inout MutableRawSpan) throws(WireError) {
    guard bytes.byteCount >= 12 else {
      throw .truncated(needed: 12, available: bytes.byteCount)
    }
    bytes.store(sourcePort, at: 0)
    bytes.store(destinationPort, at: 2)
    bytes.store(verificationTag, at: 4)
    bytes.store(UInt32(0), at: 8)
    bytes.store(CRC32C.of(bytes.bytes).byteSwapped, at: 8)
  }
}
