import ArgumentParser
import Glibc
import MartletHost
import MartletSwitch
import MartletSwitchDatabase
import MartletTargets

/// `martlet switch run`: the switch itself.
struct SwitchRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run the switch whose state is in a folder.",
    discussion: """
      Prints "ready DIR" when it forwards and answers commands, and runs until Ctrl-C or SIGTERM. \
      Ports that cannot be opened say so in 'martlet switch show' and are tried again each second. Its \
      configuration is a database that Open vSwitch's tools write, too: \
      OVS_RUNDIR=DIR ovs-vsctl add-br br0.
      """)

  @OptionGroup var target: SwitchOptions

  @Option(help: ArgumentHelp("Write the process's number there.", valueName: "file"))
  var pidfile: String?

  @Option(help: ArgumentHelp("Append what is said to this file.", valueName: "file"))
  var logFile: String?

  @Option(
    help: ArgumentHelp(
      "Let ovs-vsctl configure it there, too: ptcp:6640:127.0.0.1. May be repeated.",
      valueName: "target"))
  var remote: [String] = []

  @Flag(help: "Go on in the background once it is ready.")
  var detach = false

  func run() async throws {
    let notice = try detach ? Detachment.begin() : nil
    let directory = target.directory
    SwitchFolder.makeParents(of: directory)
    let loop = try EventLoop(name: "martlet-switch")
    let service = try SwitchService(
      directory: directory, loop: loop, log: { Terminal.complain($0) })
    var remotes: [Target] = []
    for text in remote { remotes.append(try Target(text, defaultPort: Target.databasePort)) }
    try await service.start()
    // A thread of its own: it waits for the disk.
    let database = try await SwitchDatabase(
      for: service, on: EventLoop(name: "martlet-ovsdb"), log: { Terminal.complain($0) })
    for target in remotes { try await database.listen(at: target) }
    let control = try SwitchControl(for: service, database)
    if let pidfile { try Detachment.write("\(getpid())\n", to: pidfile) }
    let (news, tell) = AsyncStream.makeStream(of: Void.self)
    try Signals.onEnd { tell.yield() }
    let appctl = Self.makeAppctl(for: service) { tell.yield() }
    let serving = Task(executorPreference: loop) {
      async let other: Void? = appctl?.run()
      await control.run()
      await other
    }
    let keeping = Task {
      do {
        try await database.run()
      } catch {
        if !Task.isCancelled { Terminal.complain("the database stops: \(error)") }
      }
    }
    if let logFile { try Detachment.redirect(to: logFile) }
    Terminal.say("ready \(directory)")
    notice?.ready()

    _ = await news.first { _ in true }
    serving.cancel()
    await serving.value
    keeping.cancel()
    await keeping.value
    await service.stop()
    if let pidfile { RunFolder.remove(pidfile) }
  }

  /// The switch works without it: a long path, or Open vSwitch in the same folder, is only told.
  private static func makeAppctl(
    for service: SwitchService, end: @escaping @Sendable () -> Void
  ) -> AppctlServer? {
    do {
      return try AppctlServer(for: service, end: end)
    } catch {
      let reason = Failure(error)?.message ?? "\(error)"
      Terminal.complain("ovs-appctl will not find the switch: \(reason)")
      return nil
    }
  }
}
