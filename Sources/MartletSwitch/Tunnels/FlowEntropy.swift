internal import MartletWire

/// A number that is the same for all frames of a flow, and differs between most flows.
enum FlowEntropy {
  static func hash(_ frame: RawSpan, _ layout: FrameLayout?) -> UInt32 {
    guard let layout else {
      guard frame.byteCount >= 12 else { return 0 }
      return fold(mix(frame.load(UInt64.self, at: 0), UInt64(frame.load(UInt32.self, at: 8))))
    }
    let addresses = layout.network + (layout.isIPv6 ? 8 : 12)
    var value = UInt64(layout.payloadProtocol.rawValue)
    for offset in stride(from: addresses, to: addresses + (layout.isIPv6 ? 32 : 8), by: 8) {
      value = mix(value, frame.load(UInt64.self, at: offset))
    }
    let isPorted = layout.payloadProtocol == .tcp || layout.payloadProtocol == .udp
    if isPorted, layout.hasTransport, layout.transport + 4 <= layout.end {
      value = mix(value, UInt64(frame.load(UInt32.self, at: layout.transport)))
    }
    return fold(value)
  }

  private static func mix(_ value: UInt64, _ word: UInt64) -> UInt64 {
    let sum = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
    return sum ^ sum >> 29
  }

  private static func fold(_ value: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: value ^ value >> 32)
  }
}
