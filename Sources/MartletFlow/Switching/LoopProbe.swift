public import MartletWire

/// The frame by which a bridge finds out that two of its ports lead to each other.
///
/// IEEE 802's first local experimental EtherType, a multicast address of local significance, which every
/// switch on the way floods, and 40 bytes that name the bridge, the port that sent it and a number.
public struct LoopProbe: Equatable, Sendable, BitwiseCopyable {
  /// IEEE 802, section 9.2.4: for experiments within a network.
  public static var etherType: EtherType { EtherType(rawValue: 0x88b5) }
  /// To whom probes go.
  public static var destination: MACAddress { MACAddress(0x03, 0x4d, 0x52, 0x54, 0x4c, 0x54) }
  /// The bytes of the frame: the least that Ethernet sends.
  public static var length: Int { 60 }
  /// "MLTP", and the version of this format.
  private static var magic: UInt64 { 0x4d4c_5450_0000_0001 }

  /// The bridge that sent it.
  public var bridge: UInt64
  /// A number that the bridge drew when it began: another that calls itself the same does not know it.
  public var nonce: UInt64
  /// The port that it left by.
  public var port: UInt32
  /// The number of the round.
  public var sequence: UInt32

  /// Takes the four fields.
  public init(bridge: UInt64, nonce: UInt64, port: UInt32, sequence: UInt32) {
    self.bridge = bridge
    self.nonce = nonce
    self.port = port
    self.sequence = sequence
  }

  /// Whether a frame is of this EtherType, without a tag.
  static func isProbe(_ frame: RawSpan) -> Bool {
    frame.byteCount >= 14 && frame.word16(12) == etherType.rawValue
  }

  /// Reads a frame; throws `truncated`, or `badField` for one that is no probe.
  public init(parsing frame: RawSpan) throws(WireError) {
    guard frame.byteCount >= 46 else { throw .truncated(needed: 46, available: frame.byteCount) }
    guard Self.isProbe(frame), frame.load(UInt64.self, at: 14) == Self.magic else {
      throw .badField
    }
    bridge = frame.load(at: 22)
    nonce = frame.load(at: 30)
    port = frame.load(at: 38)
    sequence = frame.load(at: 42)
  }

  /// Writes the frame to the start of `bytes`; throws `truncated` when it does not fit.
  @_lifetime(bytes: copy bytes)
  public func emit(into bytes: inout MutableRawSpan, source: MACAddress) throws(WireError) {
    guard bytes.byteCount >= Self.length else {
      throw .truncated(needed: Self.length, available: bytes.byteCount)
    }
    bytes.store(Self.destination, at: 0)
    bytes.store(source, at: 6)
    bytes.store(Self.etherType.rawValue, at: 12)
    bytes.store(Self.magic, at: 14)
    bytes.store(bridge, at: 22)
    bytes.store(nonce, at: 30)
    bytes.store(port, at: 38)
    bytes.store(sequence, at: 42)
    bytes.zero(46..<Self.length)
  }
}
