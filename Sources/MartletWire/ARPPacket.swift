/// An ARP packet for IPv4 over Ethernet (RFC 826), to read, to build and to write.
///
/// RARP (RFC 903) is the same packet under `EtherType.rarp` with operations of its own.
public struct ARPPacket: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of the packet.
  @inlinable public static var length: Int { 28 }

  /// What an ARP packet says.
  public struct Operation: RawRepresentable, Equatable, Sendable, BitwiseCopyable {
    /// The number on the wire.
    public let rawValue: UInt16
    /// Takes the number on the wire.
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    /// Who has the target's address?
    @inlinable public static var request: Self { Self(rawValue: 1) }
    /// The sender has it.
    @inlinable public static var reply: Self { Self(rawValue: 2) }
    /// RARP: what is the target hardware's address (RFC 903)?
    @inlinable public static var reverseRequest: Self { Self(rawValue: 3) }
    /// RARP: it is the target's address.
    @inlinable public static var reverseReply: Self { Self(rawValue: 4) }
  }

  /// What it says.
  public var operation: Operation
  /// ar$sha.
  public var senderMAC: MACAddress
  /// ar$spa; unspecified in a probe (RFC 5227).
  public var senderAddress: IPv4Address
  /// ar$tha; meaningless in a request.
  public var targetMAC: MACAddress
  /// ar$tpa.
  public var targetAddress: IPv4Address

  /// Takes the five fields.
  @inlinable
  public init(
    operation: Operation, senderMAC: MACAddress, senderAddress: IPv4Address,
    targetMAC: MACAddress, targetAddress: IPv4Address
  ) {
    self.operation = operation
    self.senderMAC = senderMAC
    self.senderAddress = senderAddress
    self.targetMAC = targetMAC
    self.targetAddress = targetAddress
  }

  /// Reads a packet; throws `truncated`, or `badField` when it is not IPv4 over Ethernet.
  @inlinable
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 28 else {
      throw .truncated(needed: 28, available: bytes.byteCount)
    }
    let kinds: UInt32 = bytes.load(at: 0)
    let lengths: UInt16 = bytes.load(at: 4)
    guard kinds == 0x0001_0800, lengths == 0x0604 else { throw .badField }
    operation = Operation(rawValue: bytes.load(at: 6))
    senderMAC = bytes.loadMACAddress(at: 8)
    senderAddress = bytes.loadIPv4Address(at: 14)
    targetMAC = bytes.loadMACAddress(at: 18)
    targetAddress = bytes.loadIPv4Address(at: 24)
  }

  /// Writes the packet to the start of `bytes`; throws `truncated` when it does not fit.
  @_lifetime(bytes: copy bytes)
  @inlinable
  public func emit(into bytes: inout MutableRawSpan) throws(WireError) {
    guard bytes.byteCount >= 28 else {
      throw .truncated(needed: 28, available: bytes.byteCount)
    }
    bytes.store(UInt32(0x0001_0800), at: 0)
    bytes.store(UInt16(0x0604), at: 4)
    bytes.store(operation.rawValue, at: 6)
    bytes.store(senderMAC, at: 8)
    bytes.store(senderAddress, at: 14)
    bytes.store(targetMAC, at: 18)
    bytes.store(targetAddress, at: 24)
  }
}
