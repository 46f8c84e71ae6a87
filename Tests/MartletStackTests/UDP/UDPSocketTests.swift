import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

@Suite struct UDPSocketTests {
  static func host(_ configuration: Configuration = Configuration()) throws -> Host {
    var host = try Host.settled(1, configuration: configuration)
    host.meet(2)
    return host
  }

  /// A datagram of host `number` to host 1.
  static func datagram(
    from number: UInt8 = 2, port: UInt16 = 5000, to destination: UInt16 = 7,
    at address: IPv4Address = Host.address(1), _ data: [UInt8] = [1, 2, 3]
  ) -> [UInt8] {
    Frame.ipv4(
      from: Host.address(number), to: address, .udp,
      Frame.udp(from: Host.address(number), port, to: address, destination, data))
  }

  @Test func aDatagramComesWithItsOrigin() throws {
    var host = try UDPSocketTests.host()
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    host.receive(packet: UDPSocketTests.datagram([4, 5, 6]), from: 2)
    let event = host.stack.nextEvent()
    #expect(event == .udp(socket, .readable))
    let received = try host.datagram(socket)
    #expect(received?.data == [4, 5, 6])
    #expect(received?.datagram.source == Endpoint(Host.address(2), port: 5000))
    #expect(received?.datagram.destination == Endpoint(Host.address(1), port: 7))
    #expect(received?.datagram.interface == host.id && received?.datagram.timeToLive == 64)
  }

  @Test func whatDoesNotFitIsCutAndTheNextDatagramIsWhole() throws {
    var host = try UDPSocketTests.host()
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    host.receive(packet: UDPSocketTests.datagram(Frame.pattern(1400)), from: 2)
    host.receive(packet: UDPSocketTests.datagram([7]), from: 2)
    let first = try host.datagram(socket, bufferLength: 10)
    #expect(first?.data == Array(Frame.pattern(10)) && first?.datagram.length == 1400)
    #expect(try host.datagram(socket)?.data == [7])
  }

  @Test(arguments: [0, 1, 2, 3, 1471, 1472])
  func sentDatagramsCarryAGoodChecksum(size: Int) throws {
    var host = try UDPSocketTests.host()
    let socket = try host.stack.openUDP()
    let local = try host.stack.localEndpoint(of: socket)
    try host.send(Frame.pattern(size), to: Endpoint(Host.address(2), port: 9), on: socket)
    let packet = host.sent()[0].packet
    let expected = Frame.udp(
      from: Host.address(1), local.port, to: Host.address(2), 9, Frame.pattern(size))
    #expect(packet.payload == expected)
  }

  /// RFC 768: a checksum that comes out as zero is sent as all ones.
  @Test func aChecksumOfZeroIsSentAsAllOnes() throws {
    var host = try UDPSocketTests.host()
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    let plain = Frame.udp(from: Host.address(1), 7, to: Host.address(2), 9, [0, 0])
    // The word that makes the sum come out as zero is the checksum without it.
    let data = Array(plain[6..<8])
    try host.send(data, to: Endpoint(Host.address(2), port: 9), on: socket)
    #expect(Array(host.sent()[0].packet.payload[6..<8]) == [0xFF, 0xFF])
  }

  @Test func noChecksumIsAcceptedAndAWrongOneIsNot() throws {
    var host = try UDPSocketTests.host()
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    var bytes = UDPSocketTests.datagram()
    bytes[26] = 0
    bytes[27] = 0
    host.receive(packet: bytes, from: 2)
    bytes[27] = 5
    host.receive(packet: bytes, from: 2)
    host.receive(packet: bytes, from: 2, info: FrameInfo(checksum: .verified))
    #expect(try host.stack.unreadCount(of: socket) == 2)
    #expect(host.stack.counters.dropped(.udpChecksum) == 1)
  }

  @Test func theSocketThatFitsBestIsMeant() throws {
    var host = try UDPSocketTests.host()
    let second = IPv4Address(203, 0, 113, 1)
    try host.stack.addAddress(IPv4Prefix(second, length: 24), on: host.id)
    let one = try host.stack.openUDP(on: Endpoint(Host.address(1), port: 7))
    let other = try host.stack.openUDP(on: Endpoint(second, port: 7))
    host.receive(packet: UDPSocketTests.datagram(at: second), from: 2)
    #expect(try host.stack.unreadCount(of: one) == 0)
    #expect(try host.stack.unreadCount(of: other) == 1)
  }

  @Test func aConnectedSocketHearsItsPeerOnly() throws {
    var host = try UDPSocketTests.host()
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    try host.stack.connect(socket, to: Endpoint(Host.address(2), port: 5000))
    host.receive(packet: UDPSocketTests.datagram(port: 5001), from: 2)
    host.receive(packet: UDPSocketTests.datagram(from: 3), from: 3)
    host.receive(packet: UDPSocketTests.datagram(), from: 2)
    #expect(try host.stack.unreadCount(of: socket) == 1)
    #expect(host.stack.counters.udpNoPorts == 2)
  }

  @Test func overlappingBindsAreRefused() throws {
    var host = try UDPSocketTests.host()
    let first = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    do throws(StackError) {
      _ = try host.stack.openUDP(on: Endpoint(Host.address(1), port: 7))
      Issue.record("it was opened")
    } catch {
      #expect(error == .portInUse(7))
    }
    host.stack.close(first)
    _ = try host.stack.openUDP(on: Endpoint(Host.address(1), port: 7))
  }

  @Test func aClosedSocketsHandleNamesNothing() throws {
    var host = try UDPSocketTests.host()
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    host.receive(packet: UDPSocketTests.datagram(), from: 2)
    host.stack.close(socket)
    _ = try host.stack.openUDP(on: Endpoint(.unspecified, port: 8))
    do throws(StackError) {
      _ = try host.stack.unreadCount(of: socket)
      Issue.record("the handle still names a socket")
    } catch {
      #expect(error == .staleHandle)
    }
    let event = host.stack.nextEvent()
    #expect(event == nil)
    let free = host.stack.buffers.blocks.freeCount
    #expect(free == host.stack.configuration.blockCount)
  }

  @Test func dynamicPortsDiffer() throws {
    var host = try UDPSocketTests.host()
    var ports: Set<UInt16> = []
    for _ in 0..<100 {
      let socket = try host.stack.openUDP()
      let port = try host.stack.localEndpoint(of: socket).port
      #expect(port >= 49_152)
      ports.insert(port)
    }
    #expect(ports.count == 100)
    #expect(ports.sorted() != Array((ports.min() ?? 0)...(ports.max() ?? 0)))
  }

  @Test func aFullQueueDropsTheNewestAndCharges() throws {
    var host = try UDPSocketTests.host()
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    var options = UDPOptions()
    options.receiveByteLimit = 16 * 1024
    try host.stack.setOptions(options, of: socket)
    for index in 0..<100 as Range<UInt8> {
      host.receive(packet: UDPSocketTests.datagram([index] + Frame.pattern(999)), from: 2)
    }
    let held = host.stack.configuration.blockCount - host.stack.buffers.blocks.freeCount
    #expect(held * host.stack.configuration.blockSize <= 16 * 1024)
    let count = try host.stack.unreadCount(of: socket)
    #expect(count >= 15)
    #expect(host.stack.counters.dropped(.udpQueueFull) == UInt64(100 - count))
    for index in 0..<UInt8(count) { #expect(try host.datagram(socket)?.data.first == index) }
  }

  @Test func aBroadcastNeedsPermission() throws {
    var host = try UDPSocketTests.host()
    let socket = try host.stack.openUDP()
    for address in [IPv4Address.broadcast, Host.address(255)] {
      do throws(StackError) {
        try host.send([1], to: Endpoint(address, port: 9), on: socket)
        Issue.record("it was sent")
      } catch {
        #expect(error == .broadcastNotAllowed(address))
      }
    }
    var options = UDPOptions()
    options.broadcast = true
    try host.stack.setOptions(options, of: socket)
    for address in [IPv4Address.broadcast, Host.address(255)] {
      try host.send([1], to: Endpoint(address, port: 9), on: socket)
      let sent = host.sent()
      #expect(sent.count == 1 && sent[0].linkDestination == .broadcast)
      #expect(sent[0].packet.destination == address)
    }
  }

  @Test func aBroadcastReachesEverySocketAtThePort() throws {
    var host = try UDPSocketTests.host()
    let one = try host.stack.openUDP(on: Endpoint(Host.address(1), port: 7))
    let other = try host.stack.openUDP(on: Endpoint(.unspecified, port: 8))
    for address in [IPv4Address.broadcast, Host.address(255)] {
      host.receive(
        packet: UDPSocketTests.datagram(at: address), from: 2, linkDestination: .broadcast)
    }
    #expect(try host.stack.unreadCount(of: one) == 2)
    #expect(try host.stack.unreadCount(of: other) == 0)
  }

  @Test func aHostWithoutAddressSpeaksFromNobodyToAll() throws {
    var host = try Host(1)
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 68), interface: host.id)
    var options = UDPOptions()
    options.broadcast = true
    try host.stack.setOptions(options, of: socket)
    try host.send([1], to: Endpoint(.broadcast, port: 67), on: socket)
    let sent = host.sent()
    #expect(sent.count == 1 && sent[0].packet.source.isUnspecified)
    let answer = Frame.ipv4(
      from: Host.address(9), to: .broadcast, .udp,
      Frame.udp(from: Host.address(9), 67, to: .broadcast, 68, [5]))
    host.receive(packet: answer, from: 9, linkDestination: .broadcast)
    #expect(try host.datagram(socket)?.data == [5])
  }

  @Test(arguments: [
    (3, 3, EndReason.portUnreachable), (3, 1, .hostUnreachable), (3, 13, .prohibited),
  ])
  func anICMPErrorReachesTheConnectedSocketThatSent(
    type: UInt8, code: UInt8, reason: EndReason
  ) throws {
    var host = try UDPSocketTests.host()
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    try host.stack.connect(socket, to: Endpoint(Host.address(2), port: 9))
    try host.send([1, 2], on: socket)
    let packet = host.sent()[0].packet
    var forged = packet
    forged[22] ^= 1
    for quote in [forged, packet] {
      let before = try host.stack.takeError(of: socket)
      #expect(before == nil)
      let error = Frame.icmp(type, code, rest: 0, Array(quote[0..<28]))
      host.receive(
        packet: Frame.ipv4(from: Host.address(2), to: Host.address(1), .icmp, error), from: 2)
    }
    let error = try host.stack.takeError(of: socket)
    #expect(error == reason)
    #expect(host.stack.counters.dropped(.icmpUnmatched) == 1)
  }
}
