import MartletDevice

/// Makes frames of every kind that flows tell apart, from few values, so that flows and frames meet.
struct FrameMaker {
  var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
  mutating func chance(_ one: Int) -> Bool { below(one) == 0 }

  /// A frame, whole and with right checksums.
  mutating func frame() -> [UInt8] {
    var bytes = address() + address()
    let tags = [0, 0, 0, 1, 1, 2][below(6)]
    for _ in 0..<tags {
      bytes += [0x81, 0] + word(UInt16(below(2) << 13 | below(3)))
    }
    let labels = chance(6) ? 1 + below(2) : 0
    if labels > 0 {
      bytes += [0x88, 0x47]
      for label in 0..<labels {
        let bottom = label == labels - 1 ? 1 : 0
        bytes += [0, UInt8(below(2)), UInt8(below(2) << 4 | bottom), UInt8(below(3))]
      }
      return bytes + ipv4()
    }
    switch below(5) {
    case 0: return bytes + [0x08, 0x06] + arp()
    case 1: return bytes + [0x86, 0xDD] + ipv6()
    default: return bytes + [0x08, 0x00] + ipv4()
    }
  }

  /// A frame that was cut off or in which some bytes are wrong.
  mutating func mangledFrame() -> [UInt8] {
    var bytes = frame()
    for _ in 0..<below(4) {
      bytes[12 + below(bytes.count - 12)] = UInt8(truncatingIfNeeded: random.next())
    }
    return chance(2) ? bytes : Array(bytes.prefix(below(bytes.count)))
  }

  private mutating func address() -> [UInt8] {
    [chance(9) ? 0xFF : 2, 0, 0, 0, 0, UInt8(below(4))]
  }

  private func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }

  private mutating func arp() -> [UInt8] {
    [0, 1, 8, 0, 6, 4, 0, UInt8(1 + below(2))] + address() + [10, 0, 0, UInt8(below(4))] + address()
      + [10, 0, 0, UInt8(below(4))]
  }

  private mutating func ipv4() -> [UInt8] {
    let number: UInt8 = [6, 17, 132, 1, 47][below(5)]
    let addresses = [
      10, UInt8(below(2)), 0, UInt8(below(4)), 10, UInt8(below(2)), 0, UInt8(below(4)),
    ]
    let fragment: [UInt8] = chance(8) ? [0x20, 0] : chance(8) ? [0, 8] : [0, 0]
    let payload = transport(number, pseudo: addresses)
    var header: [UInt8] = [0x45, UInt8(below(2) << 2)] + word(UInt16(20 + payload.count)) + [0, 1]
    header += fragment + [UInt8(below(4)), number, 0, 0] + addresses
    let sum = Frames.checksum(header)
    header[10] = UInt8(sum >> 8)
    header[11] = UInt8(sum & 255)
    return header + payload
  }

  private mutating func ipv6() -> [UInt8] {
    let number: UInt8 = [6, 17, 132, 58][below(4)]
    var addresses: [UInt8] = []
    for _ in 0..<2 {
      addresses += [0xFD, UInt8(below(2))] + Array(repeating: 0, count: 13) + [UInt8(below(4))]
    }
    let payload = transport(number, pseudo: addresses)
    let header: [UInt8] =
      [0x60, 0, 0, UInt8(below(2))] + word(UInt16(payload.count)) + [number, UInt8(below(4))]
    return header + addresses + payload
  }

  private mutating func transport(_ number: UInt8, pseudo addresses: [UInt8]) -> [UInt8] {
    let ports = [0, UInt8(below(4)), 0, UInt8(below(4))]
    var bytes: [UInt8]
    var place: Int?
    switch number {
    case 6:
      bytes = ports + [0, 0, 0, 1, 0, 0, 0, 2, 0x50, UInt8(below(32)), 1, 0, 0, 0, 0, 0, 7]
      place = 16
    case 17:
      bytes = ports + [0, 11, 0, 0, 1, 2, 3]
      place = chance(3) ? nil : 6
    case 132:
      bytes = ports + [0, 0, 0, 9, 0, 0, 0, 0, 1, 2, 3, 4]
    case 1:
      bytes = [[8, 0, 3][below(3)], 0, 0, 0, 0, 1, 0, 2, 5]
      let sum = Frames.checksum(bytes)
      bytes[2] = UInt8(sum >> 8)
      bytes[3] = UInt8(sum & 255)
      return bytes
    case 58:
      if chance(2) {
        let type: UInt8 = 135 + UInt8(below(2))
        bytes = [type, 0, 0, 0, 0, 0, 0, 0] + addresses.prefix(16) + [type - 134, 1] + address()
      } else {
        bytes = [128 + UInt8(below(2)), 0, 0, 0, 0, 1, 0, 2, 5]
      }
      place = 2
    default: return [0, 0, 8, 0, 1]
    }
    if let place {
      let sum = Frames.checksum(addresses + word(UInt16(bytes.count)) + [0, number] + bytes)
      let value = number == 17 && sum == 0 ? 0xFFFF : sum
      bytes[place] = UInt8(value >> 8)
      bytes[place + 1] = UInt8(value & 255)
    }
    return bytes
  }
}
