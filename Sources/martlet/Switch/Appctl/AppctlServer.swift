import Glibc
import MartletDevice
import MartletHost
import MartletOVSDB
import MartletSwitch

/// What `ovs-appctl` talks to: a file with the process's number, and a socket named after it.
///
/// A request is an object of JSON-RPC 1.0 whose `method` is a command and whose `params` are its words; the
/// answer's `result` is text, or its `error` is. What a client may hold is bounded: the length of its
/// requests, the time between them, and how many clients there are.
final class AppctlServer: Sendable {
  private static let clientLimit = 16
  private static let requestLimit = 64 << 10
  private static let patience = Interval.seconds(30)

  private let commands: AppctlCommands
  private let file: ProcessFile
  private let path: String
  private let loop: EventLoop
  private let listener: KernelListener

  /// Listens in the switch's folder. `end` is called when `exit` is asked for.
  ///
  /// Throws when a process of Open vSwitch has the folder, or its path is too long for a socket.
  init(for service: SwitchService, end: @escaping @Sendable () -> Void) throws {
    commands = AppctlCommands(service, end: end)
    loop = service.loop
    let stem = service.directory + "/ovs-vswitchd"
    file = try ProcessFile(at: stem + ".pid")
    // What a process that was killed left behind.
    if let old = file.predecessor { RunFolder.remove("\(stem).\(old).ctl") }
    path = "\(stem).\(getpid()).ctl"
    do throws(HostError) {
      listener = try UnixNetwork(loop: loop).listen(at: path)
    } catch {
      file.remove()
      throw error
    }
  }

  /// Serves clients until the task is cancelled; then socket and file are gone.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      var count = 0
      while let client = await listener.acceptPatiently(on: loop) {
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
    file.remove()
  }

  private func serve(_ client: KernelConnection) async {
    var framer = JSONFramer(lengthLimit: Self.requestLimit)
    while let bytes = await read(client) {
      framer.append(bytes)
      do throws(JSONSyntaxError) {
        while let request = try framer.next() {
          guard let answer = await answer(request) else { return await client.abort() }
          guard (try? await client.write(answer.bytes)) != nil else { return await client.abort() }
        }
      } catch {
        // Where the next request would begin is not known.
        return await client.abort()
      }
    }
    await client.close()
  }

  /// The next bytes; `nil` at the end, or when none come.
  private func read(_ client: KernelConnection) async -> [UInt8]? {
    await withTaskGroup { group in
      group.addTask { () -> [UInt8]? in
        guard let bytes = try? await client.read(upTo: 4096), !bytes.isEmpty else { return nil }
        return bytes
      }
      group.addTask { [loop] () -> [UInt8]? in
        await loop.sleep(for: Self.patience)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }

  /// The answer; `nil` for what is no request.
  private func answer(_ request: JSONValue) async -> JSONValue? {
    guard let members = request.object, let method = members["method"]?.string,
      let id = members["id"], !id.isNull, let parameters = members["params"]?.array
    else { return nil }
    let words = parameters.compactMap(\.string)
    do throws(Failure) {
      guard words.count == parameters.count else {
        throw Failure(.usage, "command \"\(method)\" takes texts only")
      }
      let text = try await commands.run(method, words)
      return ["id": id, "result": .string(text), "error": .null]
    } catch {
      return ["id": id, "result": .null, "error": .string(error.message)]
    }
  }
}
