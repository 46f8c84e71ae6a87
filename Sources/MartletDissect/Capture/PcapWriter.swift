/// Makes a pcap file: the bytes to write, packet by packet.
///
/// Every program that reads captures reads it; for several link types or directions make a pcapng
/// file with `PcapngWriter`.
public struct PcapWriter: Sendable {
  private let order: ByteOrder
  private let resolution: TimeResolution
  private let linkType: LinkType

  /// A file of packets of one link type.
  public init(
    linkType: LinkType = .ethernet, order: ByteOrder = .little, inNanoseconds: Bool = false
  ) {
    self.linkType = linkType
    self.order = order
    resolution = inNanoseconds ? .nanoseconds : .microseconds
  }

  /// The 24 bytes that begin the file.
  public var header: [UInt8] {
    var bytes: [UInt8] = []
    let magic: UInt32 = resolution == .nanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4
    order.append(magic, to: &bytes)
    order.append(2 as UInt16, to: &bytes)
    order.append(4 as UInt16, to: &bytes)
    order.append(0 as UInt64, to: &bytes)
    order.append(UInt32(truncatingIfNeeded: CaptureReader.maximumPacketLength), to: &bytes)
    order.append(UInt32(linkType.rawValue), to: &bytes)
    return bytes
  }

  /// The bytes of one packet; `originalLength` is its length on the wire when `bytes` are not all.
  ///
  /// The format counts seconds in 32 bits: a time beyond 2106 wraps. Of a packet longer than
  /// `CaptureReader.maximumPacketLength` the beginning is written.
  public func packet(
    _ bytes: RawSpan, time: CaptureTime, originalLength: Int? = nil
  ) -> [UInt8] {
    let kept = min(bytes.byteCount, CaptureReader.maximumPacketLength)
    let fraction = UInt64(time.nanoseconds) / (1_000_000_000 / resolution.unitsPerSecond)
    var record: [UInt8] = []
    record.reserveCapacity(PcapHeader.recordLength + kept)
    order.append(UInt32(truncatingIfNeeded: time.seconds), to: &record)
    order.append(UInt32(truncatingIfNeeded: fraction), to: &record)
    order.append(UInt32(truncatingIfNeeded: kept), to: &record)
    order.append(UInt32(clamping: originalLength ?? bytes.byteCount), to: &record)
    record.append(copying: bytes.extracting(0..<kept))
    return record
  }
}
