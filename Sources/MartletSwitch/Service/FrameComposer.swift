internal import MartletFlow
internal import MartletWire

/// Makes frames of matches, for traces: the fields that are said, zeros and defaults elsewhere.
enum FrameComposer {
  /// The bytes of hexadecimal digits, blanks among them allowed; `nil` for anything else.
  static func bytes(ofHexadecimal text: String) -> [UInt8]? {
    let digits = text.filter { !$0.isWhitespace }
    guard digits.utf8.count >= 28, digits.utf8.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits {
      guard let value = digit.hexDigitValue.flatMap({ UInt8(exactly: $0) }) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }

  /// A frame with what a match says.
  static func frame(of match: FlowMatch) -> [UInt8] {
    func value(_ field: Field, _ standard: UInt64 = 0) -> UInt64 {
      match[field].map { UInt64(truncatingIfNeeded: $0.value) } ?? standard
    }
    var frame: [UInt8] = []
    frame.append(value(.ethernetDestination, 0x0200_0000_0002), bytes: 6)
    frame.append(value(.ethernetSource, 0x0200_0000_0001), bytes: 6)
    let tag = value(.vlanTCI)
    if tag & 0x1000 != 0 {
      frame.append(0x8100, bytes: 2)
      frame.append(tag & 0xEFFF, bytes: 2)
    }
    let type = value(.etherType, 0x05FF)
    frame.append(type, bytes: 2)
    switch type {
    case 0x0800: appendIPv4(match, value, to: &frame)
    case 0x86DD: appendIPv6(match, value, to: &frame)
    case 0x0806:
      frame += [0, 1, 8, 0, 6, 4]
      frame.append(value(.arpOperation, 1), bytes: 2)
      frame.append(value(.arpSenderMAC), bytes: 6)
      frame.append(value(.arpSenderAddress), bytes: 4)
      frame.append(value(.arpTargetMAC), bytes: 6)
      frame.append(value(.arpTargetAddress), bytes: 4)
    default: break
    }
    while frame.count < 60 { frame.append(0) }
    return frame
  }

  private static func appendIPv4(
    _ match: FlowMatch, _ value: (Field, UInt64) -> UInt64, to frame: inout [UInt8]
  ) {
    let payload = transport(value, isIPv6: false)
    let start = frame.count
    let service = value(.ipDSCP, 0) << 2 | value(.ipECN, 0)
    frame += [0x45, UInt8(truncatingIfNeeded: service)]
    frame.append(UInt64(20 + payload.count), bytes: 2)
    let fragment = value(.ipFragment, 0)
    frame += [0, 0]
    frame.append(fragment & 2 != 0 ? 0x0001 : fragment & 1 != 0 ? 0x2000 : 0, bytes: 2)
    frame += [
      UInt8(truncatingIfNeeded: value(.ipTTL, 64)),
      UInt8(truncatingIfNeeded: value(.ipProtocol, 0)),
      0, 0,
    ]
    frame.append(value(.ipv4Source, 0), bytes: 4)
    frame.append(value(.ipv4Destination, 0), bytes: 4)
    let header = Array(frame[start...])
    let sum = header.withRawSpan { InternetChecksum.of($0) }
    frame[start + 10] = UInt8(truncatingIfNeeded: sum >> 8)
    frame[start + 11] = UInt8(truncatingIfNeeded: sum)
    frame += payload
  }

  private static func appendIPv6(
    _ match: FlowMatch, _ value: (Field, UInt64) -> UInt64, to frame: inout [UInt8]
  ) {
    let payload = transport(value, isIPv6: true)
    let service = value(.ipDSCP, 0) << 2 | value(.ipECN, 0)
    frame.append(6 << 28 | service << 20 | value(.ipv6FlowLabel, 0), bytes: 4)
    frame.append(UInt64(payload.count), bytes: 2)
    frame += [
      UInt8(truncatingIfNeeded: value(.ipProtocol, 0)),
      UInt8(truncatingIfNeeded: value(.ipTTL, 64)),
    ]
    for field in [Field.ipv6Source, .ipv6Destination] {
      let address = match[field]?.value ?? 0
      frame.append(UInt64(truncatingIfNeeded: address >> 64), bytes: 8)
      frame.append(UInt64(truncatingIfNeeded: address), bytes: 8)
    }
    frame += payload
  }

  private static func transport(
    _ value: (Field, UInt64) -> UInt64, isIPv6: Bool
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    switch value(.ipProtocol, 0) {
    case 6:
      bytes.append(value(.transportSource, 0), bytes: 2)
      bytes.append(value(.transportDestination, 0), bytes: 2)
      bytes.append(0, bytes: 8)
      bytes.append(0x5000 | value(.tcpFlags, 2), bytes: 2)
      bytes.append(0, bytes: 6)
    case 17, 132:
      bytes.append(value(.transportSource, 0), bytes: 2)
      bytes.append(value(.transportDestination, 0), bytes: 2)
      bytes.append(8, bytes: 2)
      bytes.append(0, bytes: 6)
    case 1:
      bytes.append(value(.icmpType, 8) << 8 | value(.icmpCode, 0), bytes: 2)
      bytes.append(0, bytes: 6)
    case 58:
      bytes.append(value(.icmpv6Type, 128) << 8 | value(.icmpv6Code, 0), bytes: 2)
      bytes.append(0, bytes: 22)
    default: break
    }
    return bytes
  }
}

extension [UInt8] {
  /// Appends the lower `bytes` bytes of a number in network order.
  fileprivate mutating func append(_ number: UInt64, bytes: Int) {
    for index in (0..<bytes).reversed() {
      append(UInt8(truncatingIfNeeded: number >> (UInt64(index) * 8)))
    }
  }
}
