import ArgumentParser
import MartletDWN
import MartletHome
import MartletHost
import MartletHub
import MartletStack
import MartletWire

/// `martlet hub run`, which `martlet hub` means: the hub itself.
struct HubRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a hub on this host's network.",
    discussion: """
      Nodes are heard on every interface, which takes UDP port 242 and so a privilege; without it the \
      hub says how to give it, and works nodes that are added by their address. Pages are served on \
      127.0.0.1 unless --listen says otherwise: then give the names by which others reach this host \
      with --name, and mind that what is sent can be read on the way.
      """)

  @OptionGroup var folder: HubFolderOption

  @Option(
    help: ArgumentHelp(
      "The port of its pages (default: 8080 or the next free).", valueName: "port"))
  var port: UInt16?

  @Option(help: ArgumentHelp("Where its pages are served.", valueName: "a.b.c.d"))
  var listen: IPv4Address = .loopback

  @Option(
    help: ArgumentHelp(
      "A name or address of this host by which pages are asked for. May be repeated.",
      valueName: "name"))
  var name: [String] = []

  func validate() throws {
    guard port != 0 else { throw ValidationError("--port: expected 1 to 65535") }
  }

  func run() async throws {
    let state = try StateFolder(at: folder.path(), of: "a hub")
    let loop = try EventLoop(name: "martlet-hub")
    let network = KernelNetwork(loop: loop)
    let (ends, end) = AsyncStream.makeStream(of: Void.self)
    try Signals.onEnd { end.yield() }
    var pages = RunningHome.Pages()
    pages.address = listen.description
    pages.port = port
    pages.names = name + (listen == .unspecified ? [] : [listen.description])
    pages.asksForPassword = true
    let home = try await RunningHome(in: state, pages: pages, loop: loop) {
      try await network.connect(to: Endpoint($0.address, port: $0.port))
    }
    let listener = await Self.listen(on: loop)
    let (readiness, ready) = AsyncStream.makeStream(of: Void.self)
    let living = Task {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await home.run { ready.finish() } }
        if let listener { group.addTask { await listener.run(home.hub) } }
      }
    }
    let greeting = Task {
      for await _ in readiness {}
      guard !Task.isCancelled else { return }
      Terminal.say("ready \(home.page)")
      if !home.hasPassword, let link = try? home.makeLink() {
        Terminal.say("This hub is new; this link sets it up, once:\n  \(link)")
      }
    }
    _ = await ends.first { _ in true }
    greeting.cancel()
    living.cancel()
    await living.value
    Terminal.say("The hub has ended.")
  }

  private static func listen(on loop: EventLoop) async -> AdvertListener? {
    do {
      return try await AdvertListener(loop)
    } catch {
      Terminal.complain(AdvertListener.advice(error))
      return nil
    }
  }
}

/// Where a hub keeps what it must not lose.
struct HubFolderOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where it keeps its state (default: $XDG_STATE_HOME/martlet/hub).", valueName: "folder"))
  var state: String?

  func path() throws(Failure) -> String {
    if let state { return state }
    return try StateFolder.place(of: "hub")
  }
}
