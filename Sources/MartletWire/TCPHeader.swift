/// The fields of a TCP header without its options, to compare, to build and to write (RFC 9293,
/// section 3.1).
public struct TCPHeader: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of a header without options.
  @inlinable public static var minimumLength: Int { 20 }

  /// The sender's port.
  public var sourcePort: UInt16
  /// The receiver's port.
  public var destinationPort: UInt16
  /// SEG.SEQ.
  public var sequenceNumber: SequenceNumber
  /// SEG.ACK; meaningless without the ACK flag.
  public var acknowledgmentNumber: SequenceNumber
  /// The control bits.
  public var flags: TCPFlags
  /// SEG.WND as it is sent, already shifted.
  public var window: UInt16
  /// SEG.UP; meaningless without the URG flag.
  public var urgentPointer: UInt16 = 0

  /// Takes the fields; without an acknowledgment number, 0 is sent.
  @inlinable
  public init(
    sourcePort: UInt16, destinationPort: UInt16, sequenceNumber: SequenceNumber,
    acknowledgmentNumber: SequenceNumber = SequenceNumber(rawValue: 0), flags: TCPFlags,
    window: UInt16
  ) {
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.sequenceNumber = sequenceNumber
    self.acknowledgmentNumber = acknowledgmentNumber
    self.flags = flags
    self.window = window
  }

  /// The header of a segment seen in place.
  @inlinable
  public init(_ view: borrowing TCPView) {
    self.init(
      sourcePort: view.sourcePort, destinationPort: view.destinationPort,
      sequenceNumber: view.sequenceNumber, acknowledgmentNumber: view.acknowledgmentNumber,
      flags: view.flags, window: view.window)
    urgentPointer = view.urgentPointer
  }

  /// Writes header and options to the start of `bytes`, the checksum 0, and returns their length,
  /// 20 to 60; throws `truncated` when they do not fit.
  @_lifetime(bytes: copy bytes)
  @inlinable
  @discardableResult
  public func emit(
    into bytes: inout MutableRawSpan, options: TCPOptions = TCPOptions()
  ) throws(WireError) -> Int {
    let length = 20 &+ options.encodedLength
    guard bytes.byteCount >= length else {
      throw .truncated(needed: length, available: bytes.byteCount)
    }
    bytes.store(sourcePort, at: 0)
    bytes.store(destinationPort, at: 2)
    bytes.store(sequenceNumber.rawValue, at: 4)
    bytes.store(acknowledgmentNumber.rawValue, at: 8)
    let offset = UInt16(truncatingIfNeeded: length / 4) << 12
    bytes.store(offset | UInt16(flags.rawValue), at: 12)
    bytes.store(window, at: 14)
    bytes.store(UInt16(0), at: 16)
    bytes.store(urgentPointer, at: 18)
    try options.emit(into: &bytes, at: 20)
    return length
  }

  /// Writes header and options with their checksum to the start of `bytes`, and returns their
  /// length.
  ///
  /// `payloadSum` is the sum of the payload alone, as `InternetChecksum.copy` makes it while it
  /// copies the payload into its place. Throws `truncated`, or `badLength` when the segment is
  /// longer than a packet can be.
  @_lifetime(bytes: copy bytes)
  @inlinable
  @discardableResult
  public func emit(
    into bytes: inout MutableRawSpan, options: TCPOptions = TCPOptions(), payloadLength: Int,
    payloadSum: InternetChecksum, source: IPv4Address, destination: IPv4Address
  ) throws(WireError) -> Int {
    let length = 20 &+ options.encodedLength
    guard payloadLength >= 0, payloadLength <= 65_515 &- length else {
      throw .badLength(payloadLength)
    }
    try emit(into: &bytes, options: options)
    var sum = InternetChecksum.pseudoHeader(
      source: source, destination: destination, protocol: .tcp, length: length &+ payloadLength)
    sum.add(bytes.bytes.extracting(0..<length))
    sum.add(payloadSum)
    bytes.store(sum.value, at: 16)
    return length
  }
}
