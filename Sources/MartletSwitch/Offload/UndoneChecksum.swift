internal import MartletDevice
internal import MartletWire

/// Finds checksums that a sender on the same machine has left undone inside a tunnel.
///
/// Linux leaves the inner checksum to the card, and a virtual cable between namespaces has none: what
/// a socket then receives holds the pseudo-header's sum alone, and nothing says so. A frame whose
/// checksum is that sum is taken for such a one. Should it have been complete by chance, completing
/// it gives the same.
enum UndoneChecksum {
  /// What is to be said of a frame out of a tunnel.
  static func find(_ frame: RawSpan, _ layout: FrameLayout) -> FrameInfo {
    var info = FrameInfo()
    guard layout.hasTransport else { return info }
    let offset: Int
    switch layout.payloadProtocol {
    case .tcp: offset = 16
    case .udp: offset = 6
    default: return info
    }
    let field = layout.transport + offset
    guard field + 2 <= layout.end else { return info }
    let length = layout.end - layout.transport
    let sum = ~layout.pseudoHeader(of: frame, length: length).value
    guard sum != 0, frame.load(UInt16.self, at: field) == sum else { return info }
    info.checksum = .partial
    info.checksumStart = UInt16(truncatingIfNeeded: layout.transport)
    info.checksumOffset = UInt16(truncatingIfNeeded: offset)
    return info
  }
}
