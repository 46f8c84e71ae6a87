import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// RFC 1812: a stack with two interfaces, 192.0.2.1/24 and 198.51.100.1/24.
@Suite struct ForwardTests {
  static func near(_ number: UInt8) -> IPv4Address { Host.address(number) }
  static func far(_ number: UInt8) -> IPv4Address { IPv4Address(198, 51, 100, number) }

  struct Router: ~Copyable {
    var host: Host
    let second: InterfaceID

    init(forwarding: Bool = true, secondMTU: Int = 1500) throws {
      var configuration = Configuration()
      configuration.forwarding = forwarding
      var host = try Host.settled(1, configuration: configuration)
      let second = try host.stack.addInterface(
        DeviceCapabilities(
          medium: .ethernet, maximumTransmissionUnit: secondMTU, linkAddress: Host.mac(101)))
      try host.stack.addAddress(IPv4Prefix(ForwardTests.far(1), length: 24), on: second)
      host.advance(by: .seconds(5))
      host.meet(2)
      host.receive(
        Frame.arp(.request, from: Host.mac(7), ForwardTests.far(7), to: ForwardTests.far(1)),
        on: second)
      _ = host.sent(on: second)
      self.host = host
      self.second = second
    }
  }

  static func packet(
    to destination: IPv4Address = ForwardTests.far(7), size: Int = 100, flags: UInt16 = 0,
    timeToLive: UInt8 = 64
  ) -> [UInt8] {
    Frame.ipv4(
      from: near(2), to: destination, .udp,
      Frame.udp(from: near(2), 5, to: destination, 6, Frame.pattern(size)),
      flagsAndOffset: flags, timeToLive: timeToLive)
  }

  @Test func aPacketGoesOnWithOneHopLess() throws {
    var router = try Router()
    router.host.receive(packet: ForwardTests.packet(), from: 2)
    let sent = router.host.sent(on: router.second)
    #expect(sent.count == 1 && sent[0].linkDestination == Host.mac(7))
    #expect(sent[0].packet == ForwardTests.packet(timeToLive: 63))
    #expect(router.host.stack.counters.ipForwDatagrams == 1)
  }

  @Test func withoutForwardingNothingGoesOn() throws {
    var router = try Router(forwarding: false)
    router.host.receive(packet: ForwardTests.packet(), from: 2)
    #expect(router.host.sent(on: router.second).isEmpty && router.host.sent().isEmpty)
    #expect(router.host.stack.counters.dropped(.ipNotForUs) == 1)
  }

  /// What the sender is told: type, code and the last word.
  @Test(
    arguments: [
      (ForwardTests.packet(timeToLive: 1), 11, 0, 0),
      (ForwardTests.packet(timeToLive: 0), 11, 0, 0),
      (ForwardTests.packet(to: IPv4Address(8, 8, 8, 8)), 3, 0, 0),
      (ForwardTests.packet(size: 1200, flags: 0x4000), 3, 4, 1000),
    ] as [([UInt8], UInt8, UInt8, UInt16)])
  func theSenderIsTold(packet: [UInt8], type: UInt8, code: UInt8, mtu: UInt16) throws {
    var router = try Router(secondMTU: 1000)
    router.host.receive(packet: packet, from: 2)
    #expect(router.host.sent(on: router.second).isEmpty)
    let errors = router.host.sent()
    try #require(errors.count == 1)
    #expect(errors[0].packet.source == ForwardTests.near(1))
    let message = errors[0].packet.payload
    #expect(message[0] == type && message[1] == code && message.word(at: 6) == mtu)
    #expect(Array(message[8..<36]) == Array(packet[0..<28]))
  }

  @Test func aSilentHostIsReportedUnreachable() throws {
    var router = try Router()
    router.host.receive(packet: ForwardTests.packet(to: ForwardTests.far(9)), from: 2)
    router.host.advance(by: .seconds(4))
    let errors = router.host.sent().filter { !$0.isARP }
    #expect(errors.count == 1 && errors[0].packet.payload[0...1] == [3, 1])
  }

  @Test func fragmentsAreMadeWhereTheyMay() throws {
    var router = try Router(secondMTU: 600)
    router.host.receive(packet: ForwardTests.packet(size: 1200), from: 2)
    let sent = router.host.sent(on: router.second).map(\.packet)
    #expect(sent.count == 3 && sent.allSatisfy { $0.count <= 600 })
    #expect(sent.flatMap(\.payload) == ForwardTests.packet(size: 1200).payload)
  }

  /// A sender on this machine left the checksum to a device: the field holds the pseudo-header.
  @Test func aPartialChecksumIsCompleted() throws {
    var router = try Router()
    var bytes = ForwardTests.packet()
    let whole = bytes
    let length = bytes.count - 20
    let pseudo =
      Frame.bytes(ForwardTests.near(2)) + Frame.bytes(ForwardTests.far(7)) + [0, 17]
      + Frame.word(UInt16(length))
    let sum = ~Frame.checksum(pseudo)
    bytes[26] = UInt8(sum >> 8)
    bytes[27] = UInt8(sum & 255)
    router.host.receive(packet: bytes, from: 2, info: FrameInfo(checksum: .partial))
    let sent = router.host.sent(on: router.second)
    #expect(sent.count == 1 && sent[0].packet.payload == whole.payload)
  }

  @Test(arguments: [IPv4Address(198, 51, 100, 255), .broadcast, .loopback])
  func whatIsNotOneHostsIsNotPassedOn(destination: IPv4Address) throws {
    var router = try Router()
    router.host.receive(packet: ForwardTests.packet(to: destination), from: 2)
    #expect(router.host.sent(on: router.second).isEmpty && router.host.sent().isEmpty)
  }

  @Test func aLinkBroadcastIsNotPassedOn() throws {
    var router = try Router()
    router.host.receive(packet: ForwardTests.packet(), from: 2, linkDestination: .broadcast)
    #expect(router.host.sent(on: router.second).isEmpty)
  }

  @Test(arguments: [1448, 3000])
  func whatADeviceMergedGoesOnAsThePacketsItStandsFor(segmentSize: UInt16) throws {
    var router = try Router()
    let data = Frame.pattern(4000)
    let destination = ForwardTests.far(7)
    let segment = Frame.tcp(
      from: ForwardTests.near(2), 5, to: destination, 6, flags: [.ack, .psh, .fin],
      sequence: 0xFFFF_FF00, acknowledgment: 7, window: 9, data)
    let packet = Frame.ipv4(
      from: ForwardTests.near(2), to: destination, .tcp, segment, flagsAndOffset: 0x4000)
    var info = FrameInfo(checksum: .verified)
    info.segmentation = .tcpIPv4
    info.segmentSize = segmentSize
    info.headerLength = 54
    router.host.receive(packet: packet, from: 2, info: info)
    #expect(router.host.sent().isEmpty)
    let sent = router.host.sent(on: router.second).map(\.packet)
    // A size that the next link does not take is cut further.
    let step = min(Int(segmentSize), 1460)
    #expect(sent.count == (4000 + step - 1) / step)
    var offset = 0
    for packet in sent {
      let part = Array(data[offset..<min(offset + step, 4000)])
      let isLast = offset + part.count == 4000
      #expect(
        packet.payload
          == Frame.tcp(
            from: ForwardTests.near(2), 5, to: destination, 6,
            flags: isLast ? [.ack, .psh, .fin] : [.ack],
            sequence: 0xFFFF_FF00 &+ UInt32(offset), acknowledgment: 7, window: 9, part))
      #expect(packet[8] == 63 && Frame.checksum(Array(packet[0..<20])) == 0)
      offset += part.count
    }
    #expect(offset == 4000)
  }
}
