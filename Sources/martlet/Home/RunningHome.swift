import MartletDevice
import MartletHome
import MartletHost
import MartletStack
import MartletWire

/// A hub at work in a state folder: its store, its pages on a port of this host, its owner's socket.
final class RunningHome: Sendable {
  /// The ports that are tried for the pages, unless one was asked for.
  private static let ports: ClosedRange<UInt16> = 8080...8179

  /// What takes adverts and wishes.
  let hub: HubService
  private let web: HubWeb
  private let address: String
  private let port: UInt16
  private let state: StateFolder

  /// Where pages are to be found, and how they are opened.
  struct Pages {
    /// Where they are served.
    var address = "127.0.0.1"
    /// `nil` for the first that is free.
    var port: UInt16?
    /// Further names of this host by which they may be asked for.
    var names: [String] = []
    /// Whether the first to come chooses a password.
    var asksForPassword = false
  }

  init(
    in state: StateFolder, keys: [String: [UInt8]] = [:], pages: Pages = Pages(),
    loop: EventLoop, connect: @escaping HubService.Connect
  ) async throws {
    self.state = state
    do {
      hub = try HubService(
        store: HubStore(path: state.path + "/hub.sqlite"), keys: keys, place: SystemZone.place,
        connect: connect)
    } catch let error as HubStore.Unusable {
      throw Failure(.badData, error.description)
    }
    web = HubWeb(hub, names: pages.names, asksForPassword: pages.asksForPassword)
    address = pages.address
    port = try await Self.freePort(pages.port, loop)
  }

  private static func freePort(_ wanted: UInt16?, _ loop: EventLoop) async throws -> UInt16 {
    for port in wanted.map({ $0...$0 }) ?? ports {
      guard
        let listener = try? await KernelNetwork(loop: loop).listen(
          on: Endpoint(.loopback, port: port))
      else { continue }
      await listener.close()
      return port
    }
    if let wanted {
      throw Failure(
        .unavailable, "port \(wanted) is in use, or needs a privilege; choose another --port")
    }
    throw Failure(
      .unavailable,
      "all ports from \(ports.lowerBound) to \(ports.upperBound) are in use; end some of their users"
    )
  }

  /// Where the pages are.
  var page: String {
    let host = address == "127.0.0.1" || address == "0.0.0.0" ? "localhost" : address
    return "http://\(host):\(port)/"
  }

  /// The link that signs in once.
  func makeLink() throws -> String { "\(page)start?code=\(try web.makeCode())" }

  /// Whether somebody can sign in without a link.
  var hasPassword: Bool { web.hasPassword }

  /// Works until the task is cancelled. `ready` is called once the pages answer.
  func run(ready: @escaping @Sendable () -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.hub.run() }
      group.addTask {
        await Self.serve("pages") {
          try await self.web.run(address: self.address, port: Int(self.port)) { _ in ready() }
        }
      }
      group.addTask {
        await Self.serve("socket") {
          try await self.web.run(socket: HubFolder.socket(in: self.state.path))
        }
      }
    }
  }

  private static func serve(_ what: String, _ body: () async throws -> Void) async {
    do {
      try await body()
    } catch {
      if !Task.isCancelled { Terminal.complain("the hub's \(what) ended: \(error)") }
    }
  }
}
