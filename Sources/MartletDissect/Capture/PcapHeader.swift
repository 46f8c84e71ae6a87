internal import MartletWire

/// The header of a pcap file, and what it means for the packets behind it.
struct PcapHeader: Sendable {
  /// The bytes of the header.
  static var length: Int { 24 }
  /// The bytes before each packet.
  static var recordLength: Int { 16 }

  let order: ByteOrder
  let resolution: TimeResolution
  let linkType: LinkType

  /// What the first four bytes, read big-endian, say of all others.
  static func meaning(of magic: UInt32) -> (ByteOrder, TimeResolution)? {
    switch magic {
    case 0xA1B2_C3D4: (.big, .microseconds)
    case 0xD4C3_B2A1: (.little, .microseconds)
    case 0xA1B2_3C4D: (.big, .nanoseconds)
    case 0x4D3C_B2A1: (.little, .nanoseconds)
    default: nil
    }
  }

  /// Reads the header from `bytes`, of which there are enough.
  init(
    _ bytes: RawSpan, order: ByteOrder, resolution: TimeResolution
  ) throws(CaptureError.Problem) {
    let major = order.load(UInt16.self, from: bytes, at: 4)
    guard major == 2 else {
      let minor = order.load(UInt16.self, from: bytes, at: 6)
      throw .unknownVersion(major: Int(major), minor: Int(minor))
    }
    self.order = order
    self.resolution = resolution
    // The upper half tells of frame check sequences, which are padding to us.
    let linkType = order.load(UInt32.self, from: bytes, at: 20)
    self.linkType = LinkType(rawValue: UInt16(truncatingIfNeeded: linkType))
  }

  /// Reads the packet that begins `bytes`.
  func packet(in bytes: RawSpan) throws(CaptureError.Problem) -> CaptureReader.Step {
    guard bytes.byteCount >= Self.recordLength else { return .needs(Self.recordLength) }
    let kept = Int(order.load(UInt32.self, from: bytes, at: 8))
    guard kept <= CaptureReader.maximumPacketLength else { throw .badPacketLength(kept) }
    let end = Self.recordLength + kept
    guard bytes.byteCount >= end else { return .needs(end) }
    let seconds = UInt64(order.load(UInt32.self, from: bytes, at: 0))
    let fraction = UInt64(order.load(UInt32.self, from: bytes, at: 4))
    let packet = CapturedPacket(
      [UInt8](copying: bytes.extracting(Self.recordLength..<end)),
      time: resolution.time(seconds * resolution.unitsPerSecond + fraction), linkType: linkType,
      originalLength: Int(order.load(UInt32.self, from: bytes, at: 12)))
    return .took(end, packet)
  }
}
