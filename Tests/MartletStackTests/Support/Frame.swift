import MartletDevice
import MartletWire

@testable import MartletStack

/// Frames made by hand, and read.
enum Frame {
  /// An Ethernet frame.
  static func ethernet(
    to destination: MACAddress, from source: MACAddress, _ type: EtherType, _ body: [UInt8]
  ) -> [UInt8] {
    bytes(destination) + bytes(source) + word(type.rawValue) + body
  }

  /// An ARP frame, sent to all unless it is a reply to somebody.
  static func arp(
    _ operation: ARPPacket.Operation, from senderMAC: MACAddress, _ sender: IPv4Address,
    to target: IPv4Address, at targetMAC: MACAddress = .zero,
    linkDestination: MACAddress = .broadcast
  ) -> [UInt8] {
    let body =
      [0, 1, 8, 0, 6, 4] + word(operation.rawValue) + bytes(senderMAC) + bytes(sender)
      + bytes(targetMAC) + bytes(target)
    return ethernet(to: linkDestination, from: senderMAC, .arp, body)
  }

  /// An IPv4 packet with a good header.
  static func ipv4(
    from source: IPv4Address, to destination: IPv4Address, _ number: IPProtocol,
    _ payload: [UInt8], id: UInt16 = 1, flagsAndOffset: UInt16 = 0, timeToLive: UInt8 = 64,
    options: [UInt8] = []
  ) -> [UInt8] {
    let headerLength = 20 + options.count
    var header: [UInt8] = [0x40 | UInt8(headerLength / 4), 0]
    header += word(UInt16(truncatingIfNeeded: headerLength + payload.count))
    header += word(id) + word(flagsAndOffset) + [timeToLive, number.rawValue, 0, 0]
    header += bytes(source) + bytes(destination) + options
    let sum = checksum(header)
    header[10] = UInt8(sum >> 8)
    header[11] = UInt8(sum & 255)
    return header + payload
  }

  /// An ICMP message with a good checksum.
  static func icmp(_ type: UInt8, _ code: UInt8, rest: UInt32, _ payload: [UInt8]) -> [UInt8] {
    var message = [type, code, 0, 0] + word32(rest) + payload
    let sum = checksum(message)
    message[2] = UInt8(sum >> 8)
    message[3] = UInt8(sum & 255)
    return message
  }

  /// A UDP datagram with a good checksum.
  static func udp(
    from source: IPv4Address, _ sourcePort: UInt16, to destination: IPv4Address,
    _ destinationPort: UInt16, _ payload: [UInt8]
  ) -> [UInt8] {
    let length = UInt16(truncatingIfNeeded: 8 + payload.count)
    var datagram = word(sourcePort) + word(destinationPort) + word(length) + [0, 0] + payload
    let pseudo = bytes(source) + bytes(destination) + [0, 17] + word(length)
    var sum = checksum(pseudo + datagram)
    if sum == 0 { sum = 0xFFFF }
    datagram[6] = UInt8(sum >> 8)
    datagram[7] = UInt8(sum & 255)
    return datagram
  }

  static func checksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
      sum += UInt32(bytes[index]) << 8
      if index + 1 < bytes.count { sum += UInt32(bytes[index + 1]) }
    }
    while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
    return ~UInt16(sum)
  }

  static func bytes(_ address: MACAddress) -> [UInt8] {
    (0..<6).map { UInt8(truncatingIfNeeded: address.rawValue >> (40 - 8 * UInt64($0))) }
  }
  static func bytes(_ address: IPv4Address) -> [UInt8] { word32(address.rawValue) }
  static func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
  static func word32(_ value: UInt32) -> [UInt8] {
    word(UInt16(value >> 16)) + word(UInt16(value & 0xFFFF))
  }
  /// Bytes that differ from place to place.
  static func pattern(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
  }
}

extension [UInt8] {
  /// The big-endian word at a place.
  func word(at index: Int) -> UInt16 { UInt16(self[index]) << 8 | UInt16(self[index + 1]) }
  /// The link destination of an Ethernet frame.
  var linkDestination: MACAddress {
    MACAddress(self[0], self[1], self[2], self[3], self[4], self[5])
  }
  /// Whether an Ethernet frame carries ARP.
  var isARP: Bool { word(at: 12) == 0x0806 }
  /// Whether an Ethernet frame carries an ARP request.
  var isARPRequest: Bool { isARP && word(at: 20) == 1 }
  /// The target of an ARP frame.
  var arpTarget: IPv4Address { IPv4Address(self[38], self[39], self[40], self[41]) }
  /// What an Ethernet frame carries.
  var packet: [UInt8] { Array(self[14...]) }
  /// The payload of an IPv4 packet.
  var payload: [UInt8] { Array(self[(Int(self[0] & 15) * 4)...]) }
  /// The source of an IPv4 packet.
  var source: IPv4Address { IPv4Address(self[12], self[13], self[14], self[15]) }
  /// The destination of an IPv4 packet.
  var destination: IPv4Address { IPv4Address(self[16], self[17], self[18], self[19]) }
}
