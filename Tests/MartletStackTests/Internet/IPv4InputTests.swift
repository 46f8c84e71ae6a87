import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

@Suite struct IPv4InputTests {
  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let reason: DropReason
    var source = Host.address(2)
    var destination = Host.address(1)
    var options: [UInt8] = []
    var linkDestination = Host.mac(1)
    var number = IPProtocol.udp
    var spoil: Int?
  }

  static let rows: [Row] = [
    Row(testDescription: "a wrong checksum", reason: .ipChecksum, spoil: 11),
    Row(testDescription: "another version", reason: .ipMalformed, spoil: 0),
    Row(
      testDescription: "a group as source", reason: .ipBadSource, source: IPv4Address(224, 0, 0, 9)),
    Row(testDescription: "the broadcast as source", reason: .ipBadSource, source: .broadcast),
    Row(
      testDescription: "the subnet's broadcast as source", reason: .ipBadSource,
      source: Host.address(255)),
    Row(testDescription: "the loopback net as source", reason: .ipBadSource, source: .loopback),
    Row(testDescription: "nobody as source", reason: .ipBadSource, source: .unspecified),
    Row(testDescription: "this host as source", reason: .ipBadSource, source: Host.address(1)),
    Row(testDescription: "another host", reason: .ipNotForUs, destination: Host.address(3)),
    Row(testDescription: "the loopback net", reason: .ipNotForUs, destination: .loopback),
    Row(
      testDescription: "a group nobody joined", reason: .ipNotForUs,
      destination: IPv4Address(239, 1, 2, 3), linkDestination: MACAddress(1, 0, 0x5E, 1, 2, 3)),
    Row(
      testDescription: "one host by link broadcast", reason: .ipNotForUs,
      linkDestination: .broadcast),
    Row(
      testDescription: "a loose source route", reason: .ipSourceRoute,
      options: [131, 7, 4, 192, 0, 2, 9, 0]),
    Row(
      testDescription: "a strict source route behind a no-op", reason: .ipSourceRoute,
      options: [1, 137, 7, 4, 192, 0, 2, 9]),
    Row(
      testDescription: "an unknown protocol", reason: .ipProtocolUnknown,
      number: IPProtocol(rawValue: 200)),
  ]

  @Test(arguments: rows) func isDroppedForItsReason(row: Row) throws {
    var host = try Host.settled(1)
    var packet = Frame.ipv4(
      from: row.source, to: row.destination, row.number, Frame.pattern(40), options: row.options)
    if let place = row.spoil { packet[place] ^= 0x30 }
    host.receive(packet: packet, from: 2, linkDestination: row.linkDestination)
    #expect(host.stack.counters.dropped(row.reason) == 1)
    #expect(host.stack.counters.droppedInAll == 1)
  }

  @Test func everyTruncatedPrefixIsRefusedAndNothingStays() throws {
    var host = try Host.settled(1)
    let whole = PingTests.ping(from: 2, to: 1, Frame.pattern(20))
    for length in 0..<whole.count { host.receive(Array(whole[0..<length])) }
    #expect(host.stack.counters.icmpInEchos == 0)
    #expect(host.stack.counters.droppedInAll == UInt64(whole.count))
    let free = host.stack.buffers.blocks.freeCount
    #expect(free == host.stack.configuration.blockCount)
  }

  @Test func paddingOfTheLinkIsNotThePackets() throws {
    var host = try Host.settled(1)
    host.meet(2)
    host.receive(PingTests.ping(from: 2, to: 1, [1, 2, 3]) + [9, 9, 9, 9, 9, 9, 9])
    let answer = host.sent()
    #expect(answer.count == 1 && answer[0].packet.count == 20 + 8 + 3)
  }

  @Test func randomBytesNeverTrapAndLeaveNothing() throws {
    var host = try Host.settled(1)
    var generator = RandomGenerator(seed: Seed(high: 1, low: 2))
    let base = PingTests.ping(from: 2, to: 1, Frame.pattern(60))
    for round in 0..<20_000 {
      var frame = base
      for _ in 0..<(1 + round % 6) {
        frame[14 + Int(generator.next(below: UInt32(frame.count - 14)))] =
          UInt8(truncatingIfNeeded: generator.next())
      }
      // A good header checksum lets more of them in.
      if round % 2 == 0 {
        frame[24] = 0
        frame[25] = 0
        let sum = Frame.checksum(Array(frame[14..<34]))
        frame[24] = UInt8(sum >> 8)
        frame[25] = UInt8(sum & 255)
      }
      host.receive(frame)
      if round % 100 == 0 { host.advance(by: .milliseconds(500)) }
      _ = host.sent()
    }
    host.advance(by: .seconds(120))
    _ = host.sent()
    let free = host.stack.buffers.blocks.freeCount
    #expect(free == host.stack.configuration.blockCount)
  }
}
