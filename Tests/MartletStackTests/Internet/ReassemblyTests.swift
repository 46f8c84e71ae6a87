import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Hard part 10.
@Suite struct ReassemblyTests {
  static let data = Frame.pattern(4000)
  static let datagram = Frame.udp(
    from: Host.address(2), 5000, to: Host.address(1), 7, ReassemblyTests.data)

  /// A piece of a payload as an IPv4 packet.
  static func fragment(
    _ payload: [UInt8], _ range: Range<Int>, isLast: Bool? = nil, id: UInt16 = 9,
    from source: IPv4Address = Host.address(2)
  ) -> [UInt8] {
    let more: UInt16 = isLast ?? (range.upperBound == payload.count) ? 0 : 0x2000
    return Frame.ipv4(
      from: source, to: Host.address(1), .udp, Array(payload[range]), id: id,
      flagsAndOffset: more | UInt16(range.lowerBound / 8))
  }

  static func pieces(of size: Int, in count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }

  static func host(_ configuration: Configuration = Configuration()) throws -> Host {
    var host = try Host.settled(1, configuration: configuration)
    host.meet(2)
    return host
  }

  enum Order: CaseIterable { case forwards, backwards, evenThenOdd }

  @Test(arguments: Order.allCases, [8, 64, 1480])
  func fragmentsInAnyOrderMakeTheDatagramOnce(order: Order, size: Int) throws {
    var host = try ReassemblyTests.host()
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    let payload = size == 8 ? Array(ReassemblyTests.short) : ReassemblyTests.datagram
    var ranges = ReassemblyTests.pieces(of: size, in: payload.count)
    switch order {
    case .forwards: break
    case .backwards: ranges.reverse()
    case .evenThenOdd:
      ranges =
        ranges.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        + ranges.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    }
    for range in ranges {
      host.receive(packet: ReassemblyTests.fragment(payload, range), from: 2)
    }
    let first = try host.datagram(socket)
    #expect(first?.data == Array(payload.dropFirst(8)))
    let second = try host.datagram(socket)
    #expect(second == nil)
    let free = host.stack.buffers.blocks.freeCount
    #expect(free == host.stack.configuration.blockCount)
    #expect(host.stack.reassembly.chargedBytes == 0)
  }

  /// A datagram that eight-byte fragments make with no more than 32 holes.
  static let short = Frame.udp(
    from: Host.address(2), 5000, to: Host.address(1), 7, Frame.pattern(400))

  @Test func aDuplicatedFragmentIsNoHarm() throws {
    var host = try ReassemblyTests.host()
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    for range in ReassemblyTests.pieces(of: 1480, in: ReassemblyTests.datagram.count) {
      let fragment = ReassemblyTests.fragment(ReassemblyTests.datagram, range)
      host.receive(packet: fragment, from: 2)
      if range.upperBound < ReassemblyTests.datagram.count {
        host.receive(packet: fragment, from: 2)
      }
    }
    #expect(try host.datagram(socket)?.data == ReassemblyTests.data)
  }

  /// The second fragment overlaps what has arrived; the third would complete the datagram.
  @Test(arguments: [(1472, false), (1472, true), (1488, false)])
  func anOverlapDiscardsTheDatagram(start: Int, changesBytes: Bool) throws {
    var host = try ReassemblyTests.host()
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    var other = ReassemblyTests.datagram
    if changesBytes { other[1475] ^= 1 }
    host.receive(packet: ReassemblyTests.fragment(ReassemblyTests.datagram, 0..<1480), from: 2)
    if start > 1480 {
      host.receive(
        packet: ReassemblyTests.fragment(ReassemblyTests.datagram, 2960..<4008), from: 2)
      host.receive(packet: ReassemblyTests.fragment(other, start - 16..<2968), from: 2)
    } else {
      host.receive(packet: ReassemblyTests.fragment(other, start..<2960), from: 2)
    }
    for range in ReassemblyTests.pieces(of: 1480, in: 4008) {
      host.receive(packet: ReassemblyTests.fragment(ReassemblyTests.datagram, range), from: 2)
    }
    let received = try host.datagram(socket)
    #expect(received == nil)
    #expect(host.stack.counters.dropped(.reassemblyOverlap) >= 2)
    let free = host.stack.buffers.blocks.freeCount
    #expect(free == host.stack.configuration.blockCount)
  }

  @Test func aContainedFragmentWithOtherBytesDiscardsTheDatagram() throws {
    var host = try ReassemblyTests.host()
    var other = ReassemblyTests.datagram
    other[100] ^= 0xFF
    host.receive(packet: ReassemblyTests.fragment(ReassemblyTests.datagram, 0..<1480), from: 2)
    host.receive(packet: ReassemblyTests.fragment(other, 96..<104), from: 2)
    #expect(host.stack.counters.dropped(.reassemblyOverlap) == 1)
  }

  @Test func aFragmentBehindTheEndDiscardsTheDatagram() throws {
    var host = try ReassemblyTests.host()
    host.receive(
      packet: ReassemblyTests.fragment(ReassemblyTests.datagram, 1480..<2960, isLast: true),
      from: 2)
    host.receive(packet: ReassemblyTests.fragment(ReassemblyTests.datagram, 2960..<4008), from: 2)
    #expect(host.stack.counters.dropped(.reassemblyOverlap) == 1)
  }

  @Test func moreThanATotalLengthCanSayIsDiscarded() throws {
    var host = try ReassemblyTests.host()
    let packet = Frame.ipv4(
      from: Host.address(2), to: Host.address(1), .udp, Frame.pattern(1000),
      flagsAndOffset: 0x1FFF)
    host.receive(packet: packet, from: 2)
    #expect(host.stack.counters.dropped(.reassemblyOverlap) == 1)
  }

  @Test func aFragmentThatIsNotTheLastIsAMultipleOfEight() throws {
    var host = try ReassemblyTests.host()
    host.receive(
      packet: ReassemblyTests.fragment(ReassemblyTests.datagram, 0..<1001, isLast: false), from: 2)
    host.receive(
      packet: ReassemblyTests.fragment(ReassemblyTests.datagram, 8..<8, isLast: false), from: 2)
    #expect(host.stack.counters.dropped(.ipMalformed) == 2)
    let count = host.stack.reassembly.datagrams.count
    #expect(count == 0)
  }

  @Test(arguments: [true, false])
  func timeIsReportedOnlyIfTheHeaderArrived(hasFirst: Bool) throws {
    var host = try ReassemblyTests.host()
    let range = hasFirst ? 0..<1480 : 1480..<2960
    host.receive(packet: ReassemblyTests.fragment(ReassemblyTests.datagram, range), from: 2)
    host.advance(by: .milliseconds(59_900))
    #expect(host.sent().isEmpty)
    host.advance(by: .milliseconds(200))
    let errors = host.sent().filter { !$0.isARP }.map(\.packet)
    #expect(errors.count <= 1)
    let message = errors.first?.payload ?? []
    if hasFirst {
      try #require(message.count > 36)
      #expect(message[0] == 11 && message[1] == 1)
      #expect(Array(message[20..<24]) == Frame.bytes(Host.address(2)))
      #expect(Array(message[28..<36]) == Array(ReassemblyTests.datagram[0..<8]))
    } else {
      #expect(errors.isEmpty)
    }
    let free = host.stack.buffers.blocks.freeCount
    #expect(free == host.stack.configuration.blockCount)
    let deadline = host.stack.reassembly.nextDeadline
    #expect(deadline == .distantFuture)
  }

  @Test func afterTenThousandFirstFragmentsTrafficStillPasses() throws {
    var host = try ReassemblyTests.host()
    let limit = host.stack.configuration.reassemblyByteLimit
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    let noise = Frame.pattern(1480)
    for number in 0..<10_000 as Range<UInt32> {
      let source = IPv4Address(rawValue: 0x0A00_0001 + number)
      host.receive(
        packet: ReassemblyTests.fragment(noise, 0..<1480, isLast: false, from: source), from: 3)
      #expect(host.stack.reassembly.chargedBytes <= limit)
    }
    for range in ReassemblyTests.pieces(of: 1480, in: ReassemblyTests.datagram.count) {
      host.receive(packet: ReassemblyTests.fragment(ReassemblyTests.datagram, range), from: 2)
    }
    #expect(try host.datagram(socket)?.data == ReassemblyTests.data)
  }

  @Test func aByteBudgetShedsTheOldest() throws {
    var configuration = Configuration()
    configuration.reassemblyByteLimit = 128 * 1024
    var host = try ReassemblyTests.host(configuration)
    let socket = try host.stack.openUDP(on: Endpoint(.unspecified, port: 7))
    let large = Frame.pattern(60_000)
    for id in 1...3 as ClosedRange<UInt16> {
      for range in ReassemblyTests.pieces(of: 1480, in: 59_200) {
        host.receive(
          packet: ReassemblyTests.fragment(large, range, isLast: false, id: id), from: 2)
        host.advance(by: .milliseconds(1))
      }
    }
    #expect(host.stack.reassembly.chargedBytes <= 128 * 1024)
    #expect(host.stack.counters.dropped(.reassemblyFull) >= 1)
    for range in ReassemblyTests.pieces(of: 1480, in: ReassemblyTests.datagram.count) {
      host.receive(packet: ReassemblyTests.fragment(ReassemblyTests.datagram, range), from: 2)
    }
    #expect(try host.datagram(socket)?.data == ReassemblyTests.data)
  }

  @Test func aWrongChecksumIsFoundBehindTheFragments() throws {
    var host = try ReassemblyTests.host()
    var payload = ReassemblyTests.datagram
    payload[3000] ^= 1
    for range in ReassemblyTests.pieces(of: 1480, in: payload.count) {
      host.receive(
        packet: ReassemblyTests.fragment(payload, range), from: 2,
        info: FrameInfo(checksum: .verified))
    }
    #expect(host.stack.counters.dropped(.udpChecksum) == 1)
  }
}
