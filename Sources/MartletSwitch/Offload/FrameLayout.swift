internal import MartletWire

/// Where the headers of an IP packet lie in an Ethernet frame, as offsets from its start.
struct FrameLayout {
  /// Where the IP header begins.
  let network: Int
  /// Where the transport header begins.
  let transport: Int
  /// Where the packet ends: what follows is the link's padding.
  let end: Int
  let isIPv6: Bool
  let payloadProtocol: IPProtocol
  /// Whether the transport header is here: not so in a fragment that is not the first.
  let hasTransport: Bool

  /// Finds them behind up to two VLAN tags; `nil` when the frame holds no whole IP packet. IPv6
  /// extension headers are not passed: the packet counts as one of theirs.
  init?(_ frame: RawSpan) {
    var offset = 12
    var type: UInt16 = 0
    for _ in 0..<3 {
      guard offset + 2 <= frame.byteCount else { return nil }
      type = frame.load(at: offset)
      guard type == 0x8100 || type == 0x88A8 else { break }
      offset += 4
    }
    network = offset + 2
    switch type {
    case 0x0800:
      guard network + 20 <= frame.byteCount else { return nil }
      let first = frame.load(UInt8.self, at: network)
      let length = Int(frame.load(UInt16.self, at: network + 2))
      transport = network + Int(first & 15) * 4
      end = network + length
      guard first >> 4 == 4, transport >= network + 20, transport <= end, end <= frame.byteCount
      else { return nil }
      isIPv6 = false
      payloadProtocol = IPProtocol(rawValue: frame.load(at: network + 9))
      hasTransport = frame.load(UInt16.self, at: network + 6) & 0x1FFF == 0
    case 0x86DD:
      guard network + 40 <= frame.byteCount, frame.load(UInt8.self, at: network) >> 4 == 6 else {
        return nil
      }
      transport = network + 40
      end = transport + Int(frame.load(UInt16.self, at: network + 4))
      guard end <= frame.byteCount else { return nil }
      isIPv6 = true
      payloadProtocol = IPProtocol(rawValue: frame.load(at: network + 6))
      hasTransport = true
    default: return nil
    }
  }

  /// The bytes of the IP packet.
  var packetLength: Int { end - network }

  /// The sum of the pseudo-header of a transport header and payload of `length` bytes.
  func pseudoHeader(of frame: RawSpan, length: Int) -> InternetChecksum {
    var sum = InternetChecksum()
    // The addresses lie side by side in both versions.
    let addresses = isIPv6 ? network + 8..<network + 40 : network + 12..<network + 20
    sum.add(frame.extracting(addresses))
    sum.add(UInt32(payloadProtocol.rawValue))
    sum.add(UInt32(truncatingIfNeeded: length))
    return sum
  }
}
