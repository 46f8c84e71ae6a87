import MartletDevice
import MartletNodes
import MartletStack
import MartletWire
import Testing

/// The small services of a node.
@Suite struct NodeServicesTests {
  @Test func echoSaysWhatItHears() throws {
    var net = try Neighbours()
    let handle = try net.connect(7)
    try net.send("hello", on: handle)
    try net.client.shutdown(handle, now: net.now)
    let reply = try net.collect(handle)
    #expect(reply.text == "hello")
    #expect(reply.hasEnded)
  }

  /// Both windows close again and again, not at multiples of what their scale can tell.
  @Test(arguments: [5000, 20_001, 100_000])
  func muchComesBackWholeHoweverSlowlyItIsRead(_ readLength: Int) throws {
    var net = try Neighbours()
    let handle = try net.connect(7)
    let total = 2_000_000
    let data = (0..<total).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
    var sent = 0
    var received: [UInt8] = []
    var hasEnded = false
    for _ in 0..<2 * total / readLength + 1000 where received.count < total {
      sent += try unsafe net.client.send(
        data.span.extracting(sent..<min(total, sent + 50_000)).bytes, on: handle, now: net.now)
      received += try net.read(handle, limit: readLength, hasEnded: &hasEnded)
      net.run(for: .milliseconds(1))
    }
    let isWhole = received == data
    #expect(isWhole)
    // Nothing is lost on this cable: no time-out is needed.
    #expect(net.client.counters.tcpTimeouts == 0 && net.node.counters.tcpTimeouts == 0)
  }

  @Test func discardIsSilent() throws {
    var net = try Neighbours()
    let handle = try net.connect(9)
    try net.send("hello", on: handle)
    try net.client.shutdown(handle, now: net.now)
    let reply = try net.collect(handle)
    #expect(reply.bytes.isEmpty && reply.hasEnded)
  }

  @Test func daytimeSaysTheDateAndCloses() throws {
    var net = try Neighbours()
    let reply = try net.collect(net.connect(13))
    #expect(reply.text == "2026-11-24 16:25:07 UTC\r\n")
    #expect(reply.hasEnded)
  }

  @Test func chargenTalks() throws {
    var net = try Neighbours()
    let handle = try net.connect(19)
    var hasEnded = false
    var bytes: [UInt8] = []
    try net.run(for: .seconds(5)) { net in
      bytes += try net.read(handle, limit: 20_000, hasEnded: &hasEnded)
      return bytes.count < 100_000
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
    #expect(lines[0].first == " " && lines[1].first == "!")
    #expect(lines.dropLast().allSatisfy { $0.count == 72 })
  }

  /// It holds a send buffer full of blocks, and would for as long as it answers probes.
  @Test(arguments: [UInt16(7), 19]) func whoNeverReadsIsReset(_ port: UInt16) throws {
    var net = try Neighbours()
    let handle = try net.connect(port)
    let bytes = [UInt8](repeating: 1, count: 65_536)
    net.run(for: .seconds(40)) { net in
      if port == 7 { _ = try? unsafe net.client.send(bytes.span.bytes, on: handle, now: net.now) }
      return true
    }
    #expect(try net.client.status(of: handle).state == .established)
    net.run(for: .seconds(80))
    #expect(try net.client.status(of: handle).endReason == .reset)
    #expect(net.node.memoryUse.blockCount == 0)
  }

  @Test func whoReadsSlowlyIsServedOn() throws {
    var net = try Neighbours()
    let handle = try net.connect(19)
    var hasEnded = false
    for _ in 0..<20 {
      net.run(for: .seconds(40))
      _ = try net.read(handle, limit: 100_000, hasEnded: &hasEnded)
    }
    #expect(try net.client.status(of: handle).state == .established)
  }

  @Test func whoIsSilentIsLetGoAfterTenMinutes() throws {
    var net = try Neighbours()
    let handle = try net.connect(7)
    net.run(for: .seconds(590))
    try net.send("hello", on: handle)
    net.run(for: .seconds(590))
    #expect(try net.client.status(of: handle).state == .established)
    #expect(try net.collect(handle, for: .seconds(60)).hasEnded)
  }

  @Test func anotherPortIsClosed() throws {
    var net = try Neighbours()
    let handle = try net.connect(81)
    #expect(try net.client.status(of: handle).endReason == .refused)
  }

  @Test(arguments: [0, 1, 1472, 1473, 20_000, 65_507])
  func datagramComesBack(_ length: Int) throws {
    var net = try Neighbours()
    let data = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let socket = try net.client.openUDP()
    try net.send(data, on: socket)
    net.run(for: .seconds(1))
    #expect(try net.datagram(socket)?.data == data)
    #expect(try net.datagram(socket) == nil)
  }

  @Test func manyDatagramsComeBackInOrder() throws {
    var net = try Neighbours()
    let socket = try net.client.openUDP()
    for number in 0..<100 {
      try net.send([UInt8](repeating: UInt8(number), count: 1000), on: socket)
      if number % 10 == 9 { net.run(for: .milliseconds(10)) }
    }
    net.run(for: .seconds(1))
    for number in 0..<100 {
      #expect(try net.datagram(socket)?.data.first == UInt8(number))
    }
  }

  @Test(arguments: [UInt16(7), 13, 19]) func servicesDoNotAnswerEachOther(_ port: UInt16) throws {
    var net = try Neighbours()
    let socket = try net.client.openUDP(on: Endpoint(.unspecified, port: port))
    try net.send([1], on: socket)
    net.run(for: .seconds(1))
    #expect(try net.datagram(socket) == nil)
  }

  @Test func broadcastIsNotAnswered() throws {
    var net = try Neighbours()
    let socket = try net.client.openUDP()
    var options = UDPOptions()
    options.broadcast = true
    try net.client.setOptions(options, of: socket)
    try net.send([1], to: IPv4Address(10, 0, 0, 255), on: socket)
    net.run(for: .seconds(1))
    #expect(net.node.counters.udpInDatagrams == 1)
    #expect(try net.datagram(socket) == nil)
  }
}

extension Neighbours {
  fileprivate mutating func send(
    _ data: [UInt8], to address: IPv4Address = Neighbours.nodeAddress, on socket: UDPHandle
  ) throws {
    try unsafe client.send(
      data.span.bytes, to: Endpoint(address, port: 7), on: socket, now: now)
  }

  fileprivate mutating func datagram(
    _ socket: UDPHandle
  ) throws -> (data: [UInt8], source: Endpoint)? {
    var buffer = [UInt8](repeating: 0, count: 65_535)
    var span = buffer.mutableSpan
    var bytes = unsafe span.mutableBytes
    guard let datagram = try client.receive(from: socket, into: &bytes) else { return nil }
    return (Array(buffer[0..<datagram.length]), datagram.source)
  }
}
