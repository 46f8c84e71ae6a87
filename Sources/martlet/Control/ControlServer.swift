import MartletDevice
import MartletDissect
import MartletHost
import MartletStack
import MartletWire

/// The control socket of a running node.
final class ControlServer: Sendable {
  /// Where the socket is.
  let path: String
  private let node: ControlledNode
  private let server: LineServer

  /// Listens at `path`. A live socket there is refused, a stale one replaced.
  init(for node: ControlledNode, at path: String, on loop: EventLoop) throws(Failure) {
    self.node = node
    self.path = path
    do throws(HostError) {
      server = try LineServer(at: path, lengthLimit: ControlRequest.lengthLimit, on: loop)
    } catch {
      guard case .busy = error else { throw Failure(error) }
      throw Failure(
        .unavailable,
        "a node called '\(node.name)' is running already (\(path)); end it or choose another --name"
      )
    }
  }

  /// Serves clients until the task is cancelled; then the socket is gone.
  func run() async {
    await server.run { line, rest, client in
      guard let request = ControlRequest(line) else {
        throw Failure(.usage, "the node does not know '\(line)'; is it of another version?")
      }
      try await self.answer(request, rest: rest, to: client)
    }
  }

  private func answer(
    _ request: ControlRequest, rest: [UInt8], to client: KernelConnection
  ) async throws {
    switch request {
    case .netstat(let isJSON):
      let report = await NetstatReport(of: node)
      try await client.write("ok\n" + (isJSON ? report.json.text + "\n" : report.text))
    case .connect(let peer):
      let connection = try await node.network.connect(to: peer)
      do {
        try await client.write("ok\n")
      } catch {
        await connection.abort()
        throw error
      }
      await Relay(client, connection).run(beginning: rest)
    case .ping(let host, let count, let size, let milliseconds):
      try await client.write("ok\n")
      try await ping(
        host, count: count, size: size, every: .milliseconds(Int64(milliseconds)), client)
    case .capture(let count, let filter):
      try await capture(count: count, filter: try Dump.filter([filter]), client)
    case .pair(let seconds):
      let code = try await device().openPairing(for: .seconds(Int64(seconds)))
      try await client.write("ok\n\(code)\n")
    case .forget:
      try await device().ask(.forget)
      try await client.write("ok\n")
    case .input(let input, let isActive):
      try await device().ask(.input(input - 1, isActive: isActive))
      try await client.write("ok\n")
    }
  }

  private func device() throws -> DeviceHandle {
    guard let device = node.device else {
      throw Failure(
        .usage,
        "'\(node.name)' has nothing to pair: it is no device of a home that runs by itself")
    }
    return device
  }

  private func ping(
    _ host: IPv4Address, count: Int, size: Int, every interval: Interval, _ client: KernelConnection
  ) async throws {
    let network = node.network
    var sequence = 0
    while count == 0 || sequence < count {
      if sequence > 0 { await network.loop.sleep(for: interval) }
      let line: String
      do throws(NetworkError) {
        let reply = try await network.ping(
          host, byteCount: size, sequence: UInt16(truncatingIfNeeded: sequence))
        line =
          "reply \(sequence) \(reply.byteCount) \(reply.timeToLive) "
          + "\(reply.roundTripTime.microseconds)"
      } catch {
        guard error != .cancelled else { return }
        line = "failure \(sequence) \(error)"
      }
      // Fails when the client has gone: nobody asks any more.
      try await client.write(line + "\n")
      sequence += 1
    }
  }

  private func capture(count: Int, filter: PacketFilter, _ client: KernelConnection) async throws {
    try await client.write("ok\n")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [captures = node.captures] in
        try? await captures.run(filter: filter, limit: count) { try await client.write($0) }
      }
      // A client says nothing more: its end is what comes.
      group.addTask { while let bytes = try? await client.read(), !bytes.isEmpty {} }
      await group.next()
      group.cancelAll()
    }
  }
}
