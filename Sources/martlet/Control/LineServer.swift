import MartletDevice
import MartletHost

/// A control socket: each client says one line, and is answered.
///
/// Everything a client may hold is bounded: how many there are, the length of its request, the time
/// it may take.
final class LineServer: Sendable {
  /// Answers a line, given what came after it; an error thrown is told to the client.
  typealias Answer = @Sendable (String, [UInt8], KernelConnection) async throws -> Void

  /// The clients served at once; others wait.
  static let clientLimit = 32

  private let path: String
  private let lengthLimit: Int
  private let loop: EventLoop
  private let listener: KernelListener

  /// Listens at `path`. A live socket there is refused, a stale one replaced.
  init(at path: String, lengthLimit: Int, on loop: EventLoop) throws(HostError) {
    self.path = path
    self.lengthLimit = lengthLimit
    self.loop = loop
    listener = try UnixNetwork(loop: loop).listen(at: path)
  }

  /// Serves clients until the task is cancelled; then the socket is gone.
  func run(_ answer: @escaping Answer) async {
    await withTaskGroup(of: Void.self) { group in
      var count = 0
      while let client = await listener.acceptPatiently(on: loop) {
        if count >= Self.clientLimit {
          await group.next()
          count -= 1
        }
        count += 1
        group.addTask { await self.serve(client, answer) }
      }
      group.cancelAll()
    }
    await listener.close()
    RunFolder.remove(path)
  }

  private func serve(_ client: KernelConnection, _ answer: Answer) async {
    guard let (line, rest) = await readRequest(client) else { return await client.abort() }
    do {
      try await answer(line, rest, client)
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
      group.addTask { [lengthLimit] () -> (String, [UInt8])? in
        var bytes: [UInt8] = []
        while bytes.count <= lengthLimit {
          if let end = bytes.firstIndex(of: 10) {
            return (String(decoding: bytes[..<end], as: UTF8.self), Array(bytes[(end + 1)...]))
          }
          guard let more = try? await client.read(upTo: 4096), !more.isEmpty else { return nil }
          bytes += more
        }
        return nil
      }
      group.addTask { [loop] in
        await loop.sleep(for: .seconds(10))
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }
}
