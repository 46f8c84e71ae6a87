import MartletDevice
import MartletStack
import MartletWire
import Testing

@testable import MartletHost

/// What a stack on an event loop does for code that lives on it.
@Suite struct StackServiceTests {
  /// Sends each datagram back to where it came from.
  final class Echoer: StackService {
    private let socket: UDPHandle

    init(on stack: inout Stack) throws(StackError) {
      socket = try stack.openUDP(on: Endpoint(.unspecified, port: 7))
    }

    func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
      guard case .udp(socket, _) = event else { return false }
      var buffer = [UInt8](repeating: 0, count: 2048)
      var span = buffer.mutableSpan
      var bytes = unsafe span.mutableBytes
      while let datagram = try? stack.receive(from: socket, into: &bytes) {
        try? stack.send(
          bytes.bytes.extracting(0..<datagram.length), to: datagram.source, on: socket, now: now)
      }
      return true
    }
  }

  /// Sends numbers and tells of those that came back.
  final class Asker: StackService {
    private let socket: UDPHandle
    private let answers: AsyncStream<UInt8>.Continuation

    init(
      on stack: inout Stack, now: Instant, peer: Endpoint, count: UInt8,
      answers: AsyncStream<UInt8>.Continuation
    ) throws(StackError) {
      socket = try stack.openUDP()
      self.answers = answers
      for number in 0..<count {
        try unsafe stack.send([number].span.bytes, to: peer, on: socket, now: now)
      }
    }

    func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
      guard case .udp(socket, _) = event else { return false }
      var buffer = [UInt8](repeating: 0, count: 16)
      var span = buffer.mutableSpan
      var bytes = unsafe span.mutableBytes
      while let datagram = try? stack.receive(from: socket, into: &bytes), datagram.length == 1 {
        answers.yield(bytes.bytes.load(UInt8.self, at: 0))
      }
      return true
    }
  }

  static let first = IPv4Prefix(IPv4Address(10, 0, 0, 1), length: 24)
  static let second = IPv4Prefix(IPv4Address(10, 0, 0, 2), length: 24)

  /// Sends from one stack to the other and back.
  static func converse(_ client: NetworkStack, _ server: NetworkStack) async throws {
    let (answers, continuation) = AsyncStream.makeStream(of: UInt8.self)
    try await server.addService { stack, _ throws(StackError) in try Echoer(on: &stack) }
    try await client.addService { stack, now throws(StackError) in
      try Asker(
        on: &stack, now: now, peer: Endpoint(second.address, port: 7), count: 10,
        answers: continuation)
    }
    var received: [UInt8] = []
    for await number in answers {
      received.append(number)
      if received.count == 10 { break }
    }
    #expect(received == Array(0..<10))
  }

  @Test(arguments: [1, 2])
  func stacksMeetOnASegment(loopCount: Int) async throws {
    let loops = [try EventLoop(), try EventLoop()]
    defer { for loop in loops { loop.stop() } }
    let segment = SharedSegment()
    let client = NetworkStack(loop: loops[0])
    let server = NetworkStack(loop: loops[loopCount - 1])
    let here = try await client.attach(segment.makePort()).interface
    let there = try await server.attach(segment.makePort()).interface
    try await client.addAddress(Self.first, on: here)
    try await server.addAddress(Self.second, on: there)
    try await Self.converse(client, server)
    #expect(segment.counters.overflowed == 0)
  }

  @Test func stacksMeetOnACableInMemory() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    // Either may have its turn first.
    for isReversed in [false, true] {
      let client = NetworkStack(loop: loop)
      let server = NetworkStack(loop: loop)
      func capabilities(_ last: UInt8) -> DeviceCapabilities {
        DeviceCapabilities(
          medium: .ethernet, maximumTransmissionUnit: 1500,
          linkAddress: MACAddress(2, 0, 0, 0, 0, last), maximumBurst: 4)
      }
      let link = MemoryLink(capabilities(1), capabilities(2), frameCount: 2)
      // Sound because both ends go to the same thread.
      nonisolated(unsafe) let (end, otherEnd) = (link.first, link.second)
      let here = try await unsafe client.attach(end).interface
      let there = try await unsafe server.attach(otherEnd).interface
      try await client.addAddress(Self.first, on: here)
      try await server.addAddress(Self.second, on: there)
      if isReversed {
        try await server.addAddress(IPv4Prefix(IPv4Address(10, 0, 0, 3), length: 24), on: there)
      }
      try await Self.converse(client, server)
    }
  }
}
