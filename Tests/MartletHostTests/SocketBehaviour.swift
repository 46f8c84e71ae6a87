import MartletHost
import MartletWire
import Testing

/// What is true of sockets, whoever provides them.
enum SocketFact: String, CaseIterable, CustomTestStringConvertible {
  case bytesCrossBothWays
  case aLargeTransferArrivesWhole
  case halfCloseLeavesTheOtherHalfOpen
  case aLimitLeavesTheRestToBeRead
  case nothingIsWrittenAfterTheEnd
  case aPortWhereNobodyListensRefuses
  case anAbortResetsThePeer
  case closingWakesWhoeverWaits
  case cancellingWakesAndHarmsNothing
  case aListenerGivesConnectionsUntilClosed
  case aPortIsNotGivenTwice
  case datagramsKeepBordersAndSender
  case aDatagramTooLongIsRefused

  var testDescription: String { rawValue }
}

/// What sockets do, whoever provides them: each test of a network runs all of these.
struct SocketBehaviour<N: Network> {
  let network: N
  /// An address of the network's own host.
  let host: IPv4Address

  /// Checks one of them.
  func check(_ fact: SocketFact) async throws {
    switch fact {
    case .bytesCrossBothWays: try await bytesCrossBothWays()
    case .aLargeTransferArrivesWhole: try await largeTransfer()
    case .halfCloseLeavesTheOtherHalfOpen: try await halfClose()
    case .aLimitLeavesTheRestToBeRead: try await limitLeavesTheRest()
    case .nothingIsWrittenAfterTheEnd: try await writeAfterFinish()
    case .aPortWhereNobodyListensRefuses: try await refusal()
    case .anAbortResetsThePeer: try await abortResets()
    case .closingWakesWhoeverWaits: try await closeWakes()
    case .cancellingWakesAndHarmsNothing: try await cancellation()
    case .aListenerGivesConnectionsUntilClosed: try await acceptLoop()
    case .aPortIsNotGivenTwice: try await portInUse()
    case .datagramsKeepBordersAndSender: try await datagrams()
    case .aDatagramTooLongIsRefused: try await datagramTooLong()
    }
  }

  /// A connected pair and what accepted it.
  private func pair() async throws -> (N.Connection, N.Connection, N.Listener) {
    let listener = try await network.listen(on: Endpoint(host, port: 0))
    async let accepted = listener.accept()
    let client = try await network.connect(to: listener.localEndpoint)
    return (client, try await accepted, listener)
  }

  func bytesCrossBothWays() async throws {
    let (client, server, listener) = try await pair()
    #expect(server.remoteEndpoint == client.localEndpoint)
    #expect(server.localEndpoint == listener.localEndpoint)
    try await client.write("ping")
    #expect(try await server.read(count: 4) == Array("ping".utf8))
    try await server.write("pong!")
    #expect(try await client.read(count: 5) == Array("pong!".utf8))
    await client.close()
    #expect(try await server.read() == [])
    await server.close()
    await server.close()
    await listener.close()
  }

  func largeTransfer() async throws {
    let (client, server, listener) = try await pair()
    let count = 5_000_000
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }
    async let written: Void = {
      try await client.write(bytes)
      try await client.finish()
    }()
    var received: [UInt8] = []
    while true {
      let more = try await server.read()
      guard !more.isEmpty else { break }
      received += more
    }
    try await written
    #expect(received == bytes)
    await client.close()
    await server.close()
    await listener.close()
  }

  func halfClose() async throws {
    let (client, server, listener) = try await pair()
    try await client.write("question")
    try await client.finish()
    #expect(try await server.read(count: 100) == Array("question".utf8))
    try await server.write("answer")
    await server.close()
    #expect(try await client.read(count: 100) == Array("answer".utf8))
    await client.close()
    await listener.close()
  }

  func limitLeavesTheRest() async throws {
    let (client, server, listener) = try await pair()
    try await client.write("abcdef")
    #expect(try await server.read(count: 2) == Array("ab".utf8))
    let second = try await server.withReceived(upTo: 3) { bytes in bytes.byteCount }
    #expect(second == 3)
    var rest = [UInt8](repeating: 0, count: 10)
    #expect(try await Self.read(server, into: &rest) == 1)
    #expect(rest[0] == UInt8(ascii: "f"))
    await client.close()
    await server.close()
    await listener.close()
  }

  func writeAfterFinish() async throws {
    let (client, server, listener) = try await pair()
    try await client.write("all")
    try await client.finish()
    try await client.finish()
    await #expect(throws: NetworkError.badState) { try await client.write("more") }
    #expect(try await server.read(count: 100) == Array("all".utf8))
    await client.close()
    await #expect(throws: NetworkError.closed) { try await client.write("more") }
    await #expect(throws: NetworkError.closed) { try await client.finish() }
    await server.close()
    await listener.close()
  }

  private static func read(
    _ connection: N.Connection, into bytes: inout [UInt8]
  ) async throws(NetworkError) -> Int {
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    return try await connection.read(into: &raw)
  }

  func refusal() async throws {
    let listener = try await network.listen(on: Endpoint(host, port: 0))
    let nobody = listener.localEndpoint
    await listener.close()
    await #expect(throws: NetworkError.refused(nobody)) {
      _ = try await network.connect(to: nobody)
    }
  }

  func abortResets() async throws {
    let (client, server, listener) = try await pair()
    await client.abort()
    await #expect(throws: NetworkError.reset(server.remoteEndpoint)) {
      _ = try await server.read()
    }
    await #expect(throws: NetworkError.closed) { try await client.write("late") }
    await server.close()
    await listener.close()
  }

  func closeWakes() async throws {
    let (client, server, listener) = try await pair()
    let reader = Task { try await server.read() }
    let acceptor = Task { try await listener.accept() }
    await Self.letWait(reader)
    await server.close()
    await listener.close()
    await #expect(throws: NetworkError.closed) { try await reader.value }
    await #expect(throws: NetworkError.closed) { try await acceptor.value }
    await client.close()
  }

  func cancellation() async throws {
    let (client, server, listener) = try await pair()
    let reader = Task { try await server.read() }
    let acceptor = Task { try await listener.accept() }
    await Self.letWait(reader)
    reader.cancel()
    acceptor.cancel()
    await #expect(throws: NetworkError.cancelled) { try await reader.value }
    await #expect(throws: NetworkError.cancelled) { try await acceptor.value }
    // Both are as usable as before.
    try await client.write("still here")
    #expect(try await server.read(count: 10) == Array("still here".utf8))
    let second = try await network.connect(to: listener.localEndpoint)
    let accepted = try await listener.accept()
    #expect(accepted.remoteEndpoint == second.localEndpoint)
    for connection in [client, server, second, accepted] { await connection.close() }
    await listener.close()
  }

  /// Gives a task that was just begun the chance to wait. Either order must end the same.
  private static func letWait<Value>(_ task: Task<Value, any Error>) async {
    for _ in 0..<20 { await Task.yield() }
  }

  func acceptLoop() async throws {
    let listener = try await network.listen(on: Endpoint(host, port: 0), backlog: 16)
    let served = Task {
      var count = 0
      for try await connection in listener.connections {
        count += 1
        try await connection.write([UInt8](repeating: UInt8(count), count: 3))
        await connection.close()
      }
      return count
    }
    for number in 1...5 {
      let bytes = try await network.withConnection(to: listener.localEndpoint) { connection in
        try await connection.read(count: 100)
      }
      #expect(bytes == [UInt8](repeating: UInt8(number), count: 3))
    }
    await listener.close()
    #expect(try await served.value == 5)
  }

  func portInUse() async throws {
    let listener = try await network.listen(on: Endpoint(host, port: 0))
    let taken = listener.localEndpoint
    await #expect(throws: NetworkError.addressInUse(taken)) {
      _ = try await network.listen(on: taken)
    }
    await listener.close()
    let again = try await network.listen(on: taken)
    await again.close()
  }

  func datagrams() async throws {
    let first = try await network.bind(to: Endpoint(host, port: 0))
    let second = try await network.bind(to: Endpoint(host, port: 0))
    try await first.send([1, 2, 3], to: second.localEndpoint)
    try await first.send([], to: second.localEndpoint)
    try await first.send([4], to: second.localEndpoint)
    for expected in [[1, 2, 3], [], [4]] as [[UInt8]] {
      let (bytes, sender) = try await second.receive()
      #expect(bytes == expected)
      #expect(sender == first.localEndpoint)
    }
    let reader = Task { try await first.receive() }
    await Self.letWait(Task { throw NetworkError.closed })
    await first.close()
    await #expect(throws: NetworkError.closed) { _ = try await reader.value.bytes }
    await second.close()
  }

  func datagramTooLong() async throws {
    let socket = try await network.bind(to: Endpoint(host, port: 0))
    await #expect(throws: NetworkError.messageTooLong(limit: 65_507)) {
      try await socket.send([UInt8](repeating: 0, count: 65_508), to: Endpoint(host, port: 9))
    }
    await socket.close()
  }
}
