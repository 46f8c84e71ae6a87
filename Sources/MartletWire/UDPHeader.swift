/// The ports of a UDP header, to compare, to build and to write.
public struct UDPHeader: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of the header.
  @inlinable public static var length: Int { 8 }
  /// The sender's port; 0 for none.
  public var sourcePort: UInt16
  /// The receiver's port.
  public var destinationPort: UInt16

  /// Takes both ports.
  @inlinable
  public init(sourcePort: UInt16, destinationPort: UInt16) {
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
  }

  /// The header of a datagram seen in place.
  @inlinable
  public init(_ view: borrowing UDPView) {
    self.init(sourcePort: view.sourcePort, destinationPort: view.destinationPort)
  }

  /// Writes the header to the start of `bytes`, its checksum 0, which means none.
  ///
  /// Throws `truncated` when it does not fit, `badLength` beyond 65,527 bytes of payload.
  @_lifetime(bytes: copy bytes)
  @inlinable
  public func emit(into bytes: inout MutableRawSpan, payloadLength: Int) throws(WireError) {
    guard payloadLength >= 0, payloadLength <= 65_527 else { throw .badLength(payloadLength) }
    guard bytes.byteCount >= 8 else { throw .truncated(needed: 8, available: bytes.byteCount) }
    bytes.store(sourcePort, at: 0)
    bytes.store(destinationPort, at: 2)
    bytes.store(UInt16(truncatingIfNeeded: 8 + payloadLength), at: 4)
    bytes.store(UInt16(0), at: 6)
  }

  /// Writes the header with its checksum to the start of `bytes`.
  ///
  /// `payloadSum` is the sum of the payload alone, as `InternetChecksum.copy` makes it while it
  /// copies the payload into its place. Throws as `emit(into:payloadLength:)`.
  @_lifetime(bytes: copy bytes)
  @inlinable
  public func emit(
    into bytes: inout MutableRawSpan, payloadLength: Int, payloadSum: InternetChecksum,
    source: IPv4Address, destination: IPv4Address
  ) throws(WireError) {
    try emit(into: &bytes, payloadLength: payloadLength)
    var sum = InternetChecksum.pseudoHeader(
      source: source, destination: destination, protocol: .udp, length: 8 &+ payloadLength)
    sum.add(bytes.load(UInt32.self, at: 0))
    sum.add(bytes.load(UInt16.self, at: 4))
    sum.add(payloadSum)
    bytes.store(Self.checksum(sum), at: 6)
  }

  /// The checksum to store for a sum over pseudo-header, header and payload: a computed zero is
  /// sent as 0xFFFF, because zero means none.
  @inlinable
  public static func checksum(_ sum: InternetChecksum) -> UInt16 {
    sum.value == 0 ? 0xFFFF : sum.value
  }
}
