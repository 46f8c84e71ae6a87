import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// The question "The card's buffer overflows in the middle of a fragmented packet".
@Suite struct FragmentationTests {
  /// A host that knows host 2, with a socket.
  static func prepared(
    slotCount: Int = 64, configuration: Configuration = Configuration(), mtu: Int = 1500
  ) throws -> Host {
    var host = try Host.settled(
      1, configuration: configuration, mtu: mtu, slotCount: slotCount)
    host.meet(2)
    return host
  }

  static let remote = Endpoint(Host.address(2), port: 9)

  @Test(arguments: [1, 2, 3, 4, 7])
  func aFullCardInMidPacketOnlyPausesIt(slotCount: Int) throws {
    var host = try FragmentationTests.prepared(slotCount: slotCount)
    let socket = try host.stack.openUDP()
    let data = Frame.pattern(40_000)
    try host.send(data, to: FragmentationTests.remote, on: socket)
    try host.send([1, 2, 3], to: FragmentationTests.remote, on: socket)
    var frames: [[UInt8]] = []
    while true {
      let burst = host.sent(limit: 1)
      if burst.isEmpty { break }
      #expect(burst.count <= slotCount)
      frames += burst
      // Between bursts the card is full for as long as it likes.
      host.advance(by: .seconds(2))
    }
    let packets = frames.filter { !$0.isARP }.map(\.packet)
    let fragments = packets.dropLast()
    #expect(Set(fragments.map { $0.word(at: 4) }).count == 1)
    var whole: [UInt8] = []
    for packet in fragments {
      #expect(Int(packet.word(at: 6) & 0x1FFF) * 8 == whole.count)
      #expect(packet.count <= 1500 && Frame.checksum(Array(packet[0..<20])) == 0)
      whole += packet.payload
    }
    #expect(Array(whole.dropFirst(8)) == data)
    #expect(fragments.dropLast().allSatisfy { $0.word(at: 6) & 0x2000 != 0 })
    #expect(fragments.last.map { $0.word(at: 6) & 0x2000 } == 0)
    #expect(packets.last?.payload.dropFirst(8) == [1, 2, 3])
    let counters = host.stack.counters
    #expect(counters.ipFragOKs == 1 && counters.ipFragCreates == UInt64(fragments.count))
  }

  @Test func aDatagramIsAdmittedWholeOrNotAtAll() throws {
    var configuration = Configuration()
    configuration.interfaceQueueByteLimit = 100_000
    var host = try FragmentationTests.prepared(configuration: configuration)
    let socket = try host.stack.openUDP()
    let data = Frame.pattern(60_000)
    try host.send(data, to: FragmentationTests.remote, on: socket)
    let free = host.stack.buffers.blocks.freeCount
    do throws(StackError) {
      try host.send(data, to: FragmentationTests.remote, on: socket)
      Issue.record("it was admitted")
    } catch {
      #expect(error == .wouldBlock)
    }
    let stillFree = host.stack.buffers.blocks.freeCount
    #expect(stillFree == free)
    _ = host.sent()
    var events: [SocketEvent] = []
    while let event = host.stack.nextEvent() { events.append(event) }
    #expect(events == [.udp(socket, .writable)])
    try host.send(data, to: FragmentationTests.remote, on: socket)
  }

  @Test(arguments: [
    (65_508, false, Configuration().interfaceQueueByteLimit, 65_507),
    (1473, true, Configuration().interfaceQueueByteLimit, 1472),
    (40_000, false, 32 * 1024, 32 * 1024 - 28),
  ])
  func aMessageTooLongIsRefused(
    size: Int, dontFragment: Bool, queue: Int, limit: Int
  ) throws {
    var configuration = Configuration()
    configuration.interfaceQueueByteLimit = queue
    var host = try FragmentationTests.prepared(configuration: configuration)
    let socket = try host.stack.openUDP()
    var options = UDPOptions()
    options.dontFragment = dontFragment
    try host.stack.setOptions(options, of: socket)
    do throws(StackError) {
      try host.send(Frame.pattern(size), to: FragmentationTests.remote, on: socket)
      Issue.record("it was admitted")
    } catch {
      #expect(error == .messageTooLong(limit: limit))
    }
    try host.send(Frame.pattern(limit), to: FragmentationTests.remote, on: socket)
    #expect(!host.sent().isEmpty)
  }

  /// RFC 791, 3.1: the top bit of an option's kind says whether fragments carry it.
  @Test func laterFragmentsCarryCopiedOptionsOnly() throws {
    var configuration = Configuration()
    configuration.forwarding = true
    var host = try FragmentationTests.prepared(configuration: configuration, mtu: 576)
    // Record route (7) is not copied, router alert (148) is.
    let options: [UInt8] = [7, 7, 4, 0, 0, 0, 0, 1, 148, 4, 0, 0]
    let packet = Frame.ipv4(
      from: Host.address(3), to: Host.address(2), .udp, Frame.pattern(1000), options: options)
    host.receive(packet: packet, from: 3)
    let fragments = host.sent().map(\.packet)
    #expect(fragments.count == 2)
    #expect(Array(fragments[0][20..<32]) == options)
    #expect(fragments[1][0] == 0x46 && Array(fragments[1][20..<24]) == [148, 4, 0, 0])
    #expect(fragments.flatMap(\.payload) == Frame.pattern(1000))
    #expect(fragments.allSatisfy { Frame.checksum(Array($0.prefix(Int($0[0] & 15) * 4))) == 0 })
  }

  @Test func aFragmentThatIsCutAgainKeepsItsPlace() throws {
    var configuration = Configuration()
    configuration.forwarding = true
    var host = try FragmentationTests.prepared(configuration: configuration, mtu: 576)
    let packet = Frame.ipv4(
      from: Host.address(3), to: Host.address(2), .udp, Frame.pattern(1000),
      flagsAndOffset: 0x2000 | 125)
    host.receive(packet: packet, from: 3)
    let fragments = host.sent().map(\.packet)
    #expect(fragments.map { $0.word(at: 6) } == [0x2000 | 125, 0x2000 | (125 + 69)])
  }
}
