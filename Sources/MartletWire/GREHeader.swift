/// The header of a GRE packet, to compare, to build and to write (RFC 2784, RFC 2890).
public struct GREHeader: Equatable, Sendable, BitwiseCopyable {
  /// What it carries.
  public var payloadType: EtherType
  /// Whether a checksum over header and payload is sent.
  public var hasChecksum = false
  /// The tunnel's key.
  public var key: UInt32?
  /// The packet's number in the tunnel.
  public var sequenceNumber: UInt32?

  /// A header without optional fields.
  @inlinable public init(payloadType: EtherType) { self.payloadType = payloadType }

  /// The header of a packet seen in place.
  @inlinable
  public init(_ view: borrowing GREView) {
    payloadType = view.payloadType
    hasChecksum = view.hasChecksum
    key = view.key
    sequenceNumber = view.sequenceNumber
  }

  /// The bytes that `emit` writes: 4 to 16.
  @inlinable public var length: Int {
    4 &+ (hasChecksum ? 4 : 0) &+ (key == nil ? 0 : 4) &+ (sequenceNumber == nil ? 0 : 4)
  }

  /// Writes the header to the start of `bytes`; throws `truncated` when it does not fit.
  ///
  /// `payloadSum` is the sum of the payload alone; it counts only with `hasChecksum`.
  @_lifetime(bytes: copy bytes)
  public func emit(
    into bytes: inout MutableRawSpan, payloadSum: InternetChecksum = InternetChecksum()
  ) throws(WireError) {
    guard bytes.byteCount >= length else {
      throw .truncated(needed: length, available: bytes.byteCount)
    }
    let flags: UInt16 =
      (hasChecksum ? 0x8000 : 0) | (key == nil ? 0 : 0x2000) | (sequenceNumber == nil ? 0 : 0x1000)
    bytes.store(flags, at: 0)
    bytes.store(payloadType.rawValue, at: 2)
    var offset = 4
    if hasChecksum {
      bytes.store(UInt32(0), at: offset)
      offset &+= 4
    }
    if let key {
      bytes.store(key, at: offset)
      offset &+= 4
    }
    if let sequenceNumber { bytes.store(sequenceNumber, at: offset) }
    guard hasChecksum else { return }
    var sum = InternetChecksum()
    sum.add(bytes.bytes.extracting(0..<length))
    sum.add(payloadSum)
    bytes.store(sum.value, at: 4)
  }
}
