import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Hard part 11, and the question "Sockets wait for ARP".
@Suite struct NeighbourTests {
  /// What host 1 hears when host `number` answers its question.
  static func answer(_ number: UInt8, mac: MACAddress? = nil) -> [UInt8] {
    Frame.arp(
      .reply, from: mac ?? Host.mac(number), Host.address(number), to: Host.address(1),
      at: Host.mac(1), linkDestination: Host.mac(1))
  }

  static func announcement(_ number: UInt8, mac: MACAddress) -> [UInt8] {
    Frame.arp(.request, from: mac, Host.address(number), to: Host.address(number))
  }

  /// A socket of a host that has spoken to host 2 and knows where that is.
  static func acquaint(_ host: inout Host) throws -> UDPHandle {
    let socket = try host.stack.openUDP()
    try host.send([1], to: Endpoint(Host.address(2), port: 9), on: socket)
    _ = host.sent()
    host.receive(NeighbourTests.answer(2))
    _ = host.sent()
    return socket
  }

  @Test func aSocketWaitsForARPAndKeepsItsDatagrams() throws {
    var host = try Host.settled(1)
    let socket = try host.stack.openUDP()
    for index in 0..<3 as Range<UInt8> {
      try host.send([index], to: Endpoint(Host.address(2), port: 9), on: socket)
    }
    let asked = host.sent()
    #expect(asked.count == 1 && asked[0].isARPRequest)
    host.receive(NeighbourTests.answer(2))
    let sent = host.sent()
    #expect(sent.map { $0.packet.payload[8] } == [0, 1, 2])
    #expect(sent.allSatisfy { $0.linkDestination == Host.mac(2) })
  }

  @Test func aFullNeighbourQueueDropsItsOldest() throws {
    var host = try Host.settled(1)
    let limit = host.stack.configuration.neighbourQueueLimit
    let socket = try host.stack.openUDP()
    for index in 0..<UInt8(limit + 3) {
      try host.send([index], to: Endpoint(Host.address(2), port: 9), on: socket)
    }
    host.receive(NeighbourTests.answer(2))
    let sent = host.sent().filter { !$0.isARP }
    #expect(sent.map { $0.packet.payload[8] } == (3..<UInt8(limit + 3)).map { $0 })
    #expect(host.stack.counters.dropped(.neighbourQueueFull) == 3)
  }

  @Test func aSilentHostIsAskedOnceASecondAndThenGivenUp() throws {
    var host = try Host.settled(1)
    let socket = try host.stack.openUDP()
    try host.stack.connect(socket, to: Endpoint(Host.address(2), port: 9))
    var requests: [Int64] = []
    let start = host.now
    for _ in 0..<40 {
      try? host.send([1], on: socket)
      for frame in host.sent() where frame.isARPRequest {
        requests.append((host.now - start).microseconds / 1000)
      }
      host.advance(by: .milliseconds(100))
    }
    #expect(requests.count >= 3)
    for (earlier, later) in zip(requests, requests.dropFirst()) { #expect(later - earlier >= 1000) }
    let error = try host.stack.takeError(of: socket)
    #expect(error == .hostUnreachable)
    let waiting = host.stack.buffers.packetCount
    #expect(waiting <= host.stack.configuration.neighbourQueueLimit)
    var event = host.stack.nextStackEvent()
    while let next = event, next != .neighbourFailed(Host.address(2), host.id) {
      event = host.stack.nextStackEvent()
    }
    #expect(event != nil)
  }

  @Test func failureEmptiesTheQueue() throws {
    var host = try Host.settled(1)
    let socket = try host.stack.openUDP()
    try host.send([1], to: Endpoint(Host.address(2), port: 9), on: socket)
    host.advance(by: .seconds(4))
    _ = host.sent()
    let free = host.stack.buffers.blocks.freeCount
    #expect(free == host.stack.configuration.blockCount)
    #expect(host.stack.counters.dropped(.neighbourUnreachable) == 1)
  }

  @Test func answersToInventedNeighboursLeavePacketsForOthers() throws {
    var host = try Host.settled(1, configuration: .small)
    let entries = host.stack.configuration.neighbourCount
    let each = host.stack.configuration.neighbourQueueLimit
    // Twice: the first time the questions take some of the packets.
    for number in [UInt8](0..<UInt8(entries)) + [UInt8](0..<UInt8(entries)) {
      let ping = Frame.ipv4(
        from: Host.address(100 + number), to: Host.address(1), .icmp,
        Frame.icmp(8, 0, rest: 0x0001_0001, []))
      for _ in 0..<each { host.receive(packet: ping, from: 99) }
      _ = host.sent()
    }
    host.receive(Frame.arp(.request, from: Host.mac(2), Host.address(2), to: Host.address(1)))
    #expect(host.sent().contains { $0.isARP && !$0.isARPRequest })
    host.advance(by: .seconds(5))
    _ = host.sent()
    #expect(host.stack.neighbours.heldCount == 0 && host.stack.neighbours.heldByteCount == 0)
    #expect(host.stack.buffers.blocks.freeCount == host.stack.configuration.blockCount)
  }

  @Test func oneSilentHostDoesNotDelayAnother() throws {
    var host = try Host.settled(1)
    let socket = try NeighbourTests.acquaint(&host)
    for _ in 0..<20 {
      try host.send([1], to: Endpoint(Host.address(9), port: 9), on: socket)
      try host.send([2], to: Endpoint(Host.address(2), port: 9), on: socket)
      let toSecond = host.sent().filter { !$0.isARP }
      #expect(toSecond.count == 1 && toSecond[0].linkDestination == Host.mac(2))
      host.advance(by: .milliseconds(50))
    }
  }

  @Test func aGratuitousRequestMovesAKnownHost() throws {
    var host = try Host.settled(1)
    let socket = try NeighbourTests.acquaint(&host)
    host.receive(NeighbourTests.announcement(2, mac: Host.mac(77)))
    try host.send([1], to: Endpoint(Host.address(2), port: 9), on: socket)
    let moved = host.sent()
    #expect(moved.last?.linkDestination == Host.mac(77))
    // Unasked, it is not believed: five seconds later the host is asked by name.
    host.advance(by: .seconds(5))
    let probe = host.sent()
    #expect(probe.count == 1 && probe[0].isARPRequest)
    #expect(probe[0].linkDestination == Host.mac(77))
  }

  @Test func aStrangersAnnouncementMakesNoEntry() throws {
    var host = try Host.settled(1)
    for number in 2..<200 as Range<UInt8> {
      host.receive(NeighbourTests.announcement(number, mac: Host.mac(number)))
    }
    let count = host.stack.neighbours.entries.count
    #expect(count == 0)
  }

  @Test func aHostThatMovedInSilenceIsFoundAgain() throws {
    var host = try Host.settled(1)
    let socket = try NeighbourTests.acquaint(&host)
    host.advance(by: .seconds(31))
    try host.send([1], to: Endpoint(Host.address(2), port: 9), on: socket)
    host.advance(by: .seconds(5))
    _ = host.sent()
    host.advance(by: .seconds(3))
    let asked = host.sent().filter { $0.isARPRequest && $0.linkDestination == .broadcast }
    #expect(asked.count == 1)
  }

  @Test func aTableFullOfPingsFromInventedHostsKeepsThoseInUse() throws {
    var configuration = Configuration()
    configuration.neighbourCount = 8
    var host = try Host.settled(1, configuration: configuration)
    let socket = try host.stack.openUDP()
    try host.send([1], to: Endpoint(Host.address(2), port: 9), on: socket)
    host.receive(NeighbourTests.answer(2))
    _ = host.sent()
    for number in 10..<250 as Range<UInt8> {
      host.receive(PingTests.ping(from: number, to: 1, []))
      host.advance(by: .milliseconds(20))
      _ = host.sent()
    }
    try host.send([1], to: Endpoint(Host.address(2), port: 9), on: socket)
    let sent = host.sent().filter { !$0.isARP && $0.linkDestination == Host.mac(2) }
    #expect(sent.count == 1)
    let count = host.stack.neighbours.entries.count
    #expect(count <= 8)
  }

  @Test func aTransportsProgressKeepsAnEntryReachable() throws {
    var host = try Host.settled(1)
    let socket = try NeighbourTests.acquaint(&host)
    let reference = host.stack.neighbour(for: Host.address(2), on: 0)
    for _ in 0..<20 {
      host.advance(by: .seconds(10))
      if let reference { host.stack.confirmReachability(of: reference) }
      try host.send([1], to: Endpoint(Host.address(2), port: 9), on: socket)
      #expect(host.sent().allSatisfy { !$0.isARP })
    }
  }

  @Test func aRequestForThisHostIsAnsweredAndItsSenderLearnt() throws {
    var host = try Host.settled(1)
    host.receive(
      Frame.arp(.request, from: Host.mac(2), Host.address(2), to: Host.address(1)))
    let reply = host.sent()
    #expect(reply.count == 1 && reply[0].isARP && reply[0].word(at: 20) == 2)
    #expect(reply[0].linkDestination == Host.mac(2) && reply[0].arpTarget == Host.address(2))
    host.receive(PingTests.ping(from: 2, to: 1, []))
    let answer = host.sent()
    #expect(answer.count == 1 && !answer[0].isARP)
  }

  @Test func aSenderOutsideTheSubnetIsNotLearnt() throws {
    var host = try Host.settled(1)
    host.receive(
      Frame.arp(.request, from: Host.mac(2), IPv4Address(198, 51, 100, 2), to: Host.address(1)))
    let count = host.stack.neighbours.entries.count
    #expect(count == 0)
  }
}
