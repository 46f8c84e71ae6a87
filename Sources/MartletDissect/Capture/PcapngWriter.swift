public import MartletDevice

/// Makes a pcapng file: the bytes to write, block by block.
///
/// ```swift
/// var writer = PcapngWriter()
/// var file = writer.header
/// file += writer.interface(.ethernet, name: "tap0")
/// file += writer.packet(frame, time: now, interface: 0, direction: .received)
/// ```
public struct PcapngWriter: Sendable {
  private let order: ByteOrder

  /// A file in this byte order; times are written in nanoseconds.
  public init(order: ByteOrder = .little) { self.order = order }

  /// The block that begins the file, or another section of it, whose interfaces count from 0.
  public var header: [UInt8] {
    block(PcapngSection.magic) { order, bytes in
      order.append(PcapngSection.byteOrderMagic, to: &bytes)
      order.append(1 as UInt16, to: &bytes)
      order.append(0 as UInt16, to: &bytes)
      order.append(UInt64.max, to: &bytes)
    }
  }

  /// The block that describes an interface; the first is number 0. Of a name, 255 bytes are kept.
  public func interface(_ linkType: LinkType = .ethernet, name: String = "") -> [UInt8] {
    block(PcapngSection.BlockType.interface) { order, bytes in
      order.append(linkType.rawValue, to: &bytes)
      order.append(0 as UInt16, to: &bytes)
      order.append(0 as UInt32, to: &bytes)
      if !name.isEmpty { append(option: 2, [UInt8](name.utf8.prefix(255)), to: &bytes) }
      append(
        option: PcapngSection.OptionCode.timeResolution,
        [TimeResolution.nanoseconds.rawValue], to: &bytes)
      append(option: 0, [], to: &bytes)
    }
  }

  /// The block of a packet of `interface`; `originalLength` is its length on the wire when `bytes`
  /// are not all. Without a time it is a simple packet block, which belongs to interface 0.
  ///
  /// Of a packet longer than `CaptureReader.maximumPacketLength` the beginning is written.
  public func packet(
    _ bytes: RawSpan, time: CaptureTime?, interface: Int = 0, direction: FrameDirection? = nil,
    originalLength: Int? = nil
  ) -> [UInt8] {
    let kept = bytes.extracting(0..<min(bytes.byteCount, CaptureReader.maximumPacketLength))
    let original = UInt32(clamping: originalLength ?? bytes.byteCount)
    guard let time else {
      return simple(kept, original: original)
    }
    let units = TimeResolution.nanoseconds.units(time)
    var body: [UInt8] = []
    body.reserveCapacity(kept.byteCount + 48)
    order.append(UInt32(clamping: interface), to: &body)
    order.append(UInt32(truncatingIfNeeded: units >> 32), to: &body)
    order.append(UInt32(truncatingIfNeeded: units), to: &body)
    order.append(UInt32(truncatingIfNeeded: kept.byteCount), to: &body)
    order.append(original, to: &body)
    body.append(copying: kept)
    pad(&body)
    if let direction {
      var flags: [UInt8] = []
      order.append(direction == .received ? 1 : 2 as UInt32, to: &flags)
      append(option: PcapngSection.OptionCode.flags, flags, to: &body)
      append(option: 0, [], to: &body)
    }
    return block(PcapngSection.BlockType.enhancedPacket) { $1 += body }
  }

  /// The block that says how many packets of `interface` whoever captures has missed so far.
  public func statistics(missed: UInt64, time: CaptureTime, interface: Int = 0) -> [UInt8] {
    let units = TimeResolution.nanoseconds.units(time)
    return block(PcapngSection.BlockType.statistics) { order, bytes in
      order.append(UInt32(clamping: interface), to: &bytes)
      order.append(UInt32(truncatingIfNeeded: units >> 32), to: &bytes)
      order.append(UInt32(truncatingIfNeeded: units), to: &bytes)
      var count: [UInt8] = []
      order.append(missed, to: &count)
      append(option: PcapngSection.OptionCode.missed, count, to: &bytes)
      append(option: 0, [], to: &bytes)
    }
  }

  private func simple(_ kept: RawSpan, original: UInt32) -> [UInt8] {
    var body: [UInt8] = []
    // The block has no other place for the number of bytes kept than the snap length.
    order.append(
      min(original, UInt32(truncatingIfNeeded: kept.byteCount)), to: &body)
    body.append(copying: kept)
    pad(&body)
    return block(PcapngSection.BlockType.simplePacket) { $1 += body }
  }

  // MARK: Blocks

  private func block(
    _ type: UInt32, _ fill: (ByteOrder, inout [UInt8]) -> Void
  ) -> [UInt8] {
    var body: [UInt8] = []
    fill(order, &body)
    let length = UInt32(truncatingIfNeeded: body.count + 12)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(body.count + 12)
    order.append(type, to: &bytes)
    order.append(length, to: &bytes)
    bytes += body
    order.append(length, to: &bytes)
    return bytes
  }

  private func append(option code: UInt16, _ value: [UInt8], to bytes: inout [UInt8]) {
    order.append(code, to: &bytes)
    order.append(UInt16(truncatingIfNeeded: value.count), to: &bytes)
    bytes += value
    pad(&bytes)
  }

  private func pad(_ bytes: inout [UInt8]) {
    while bytes.count % 4 != 0 { bytes.append(0) }
  }
}
