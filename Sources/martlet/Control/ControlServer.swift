import MartletDevice
import MartletHost

/// The control socket of a running node.
///
/// Everything a client may hold is bounded: how many there are, the length of its request, the time
/// it may take.
final class ControlServer: Sendable {
  /// The clients served at once; others wait.
  static let clientLimit = 32

  /// Where the socket is.
  let path: String
  private let node: ControlledNode
  private let listener: KernelListener

  /// Listens at `path`. A live socket there is refused, a stale one replaced.
  init(for node: ControlledNode, at path: String, on loop: EventLoop) throws(Failure) {
    self.node = node
    self.path = path
    do throws(HostError) {
      listener = try UnixNetwork(loop: loop).listen(at: path)
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
    await withTaskGroup(of: Void.self) { group in
      var count = 0
      while let client = try? await listener.accept() {
        if count >= Self.clientLimit {
          await group.next()
          count -= 1
        }
        count += 1
        group.addTask { await self.serve(client) }
      }
      group.cancelAll()
    }
    await listener.close()
    RunFolder.remove(path)
  }

  private func serve(_ client: KernelConnection) async {
    guard let (line, rest) = await readRequest(client) else { return await client.abort() }
    do {
      guard let request = ControlRequest(line) else {
        throw Failure(.usage, "the node does not know '\(line)'; is it of another version?")
      }
      try await answer(request, rest: rest, to: client)
      await client.close()
    } catch {
      let failure = Failure(error) ?? Failure(.defect, "\(error)")
      // One line, whatever the message: it is the client's to show.
      let message = failure.message.split(separator: "\n").joined(separator: " ")
      try? await client.write("error \(failure.status.rawValue) \(message)\n")
      await client.close()
    }
  }

  /// The request's line and what came after it; `nil` when it is too long, or late.
  private func readRequest(_ client: KernelConnection) async -> (String, [UInt8])? {
    await withTaskGroup { group in
      group.addTask { () -> (String, [UInt8])? in
        var bytes: [UInt8] = []
        while bytes.count <= ControlRequest.lengthLimit {
          if let end = bytes.firstIndex(of: 10) {
            return (String(decoding: bytes[..<end], as: UTF8.self), Array(bytes[(end + 1)...]))
          }
          guard let more = try? await client.read(upTo: 4096), !more.isEmpty else { return nil }
          bytes += more
        }
        return nil
      }
      group.addTask { [network = node.network] in
        await network.loop.sleep(for: .seconds(10))
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }

  private func answer(
    _ request: ControlRequest, rest: [UInt8], to client: KernelConnection
  ) async throws {
    switch request {
    case .netstat(let isJSON):
      let report = await NetstatReport(of: node)
      try await client.write("ok\n" + (isJSON ? report.json.text + "\n" : report.text))
    case .connect, .ping, .capture:
      throw Failure(.usage, "not yet")
    }
  }
}
