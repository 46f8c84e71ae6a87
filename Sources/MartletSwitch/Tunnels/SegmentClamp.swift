internal import MartletWire

/// Lowers the maximum segment size that a TCP opening announces, so that both ends never make a
/// segment that a tunnel cannot carry.
enum SegmentClamp {
  /// Lowers the option in a SYN to what fits `mtu`, and corrects the checksum unless it is still to
  /// be made; true when it did.
  static func lower(
    _ frame: inout MutableRawSpan, _ layout: FrameLayout, to mtu: Int, isSummed: Bool = true
  ) -> Bool {
    let transport = layout.transport
    guard layout.payloadProtocol == .tcp, layout.hasTransport, transport + 20 <= layout.end,
      frame.load(UInt8.self, at: transport + 13) & 0x02 != 0
    else { return false }
    let headerEnd = transport + Int(frame.load(UInt8.self, at: transport + 12) >> 4) * 4
    guard headerEnd <= layout.end else { return false }
    let limit = UInt16(clamping: mtu - (layout.isIPv6 ? 60 : 40))
    guard let place = place(in: frame.bytes, from: transport + 20, to: headerEnd) else {
      return false
    }
    let old = frame.load(UInt16.self, at: place)
    guard old > limit else { return false }
    frame.store(limit, at: place)
    guard isSummed else { return true }
    let sum = frame.load(UInt16.self, at: transport + 16)
    // At an odd place the two bytes belong to two words of the sum, each with the other's weight.
    let isOdd = (place - transport) % 2 != 0
    frame.store(
      InternetChecksum.updated(
        sum, replacing: isOdd ? old.byteSwapped : old, with: isOdd ? limit.byteSwapped : limit),
      at: transport + 16)
    return true
  }

  /// Where the value of the option lies.
  private static func place(in bytes: RawSpan, from start: Int, to end: Int) -> Int? {
    var offset = start
    while offset + 4 <= end {
      switch bytes.load(UInt8.self, at: offset) {
      case 0: return nil
      case 1: offset += 1
      case 2: return bytes.load(UInt8.self, at: offset + 1) == 4 ? offset + 2 : nil
      default:
        let length = Int(bytes.load(UInt8.self, at: offset + 1))
        guard length >= 2 else { return nil }
        offset += length
      }
    }
    return nil
  }
}
