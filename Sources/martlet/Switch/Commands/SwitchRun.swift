import ArgumentParser
import Glibc
import MartletHost
import MartletSwitch

/// `martlet switch run`: the switch itself.
struct SwitchRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run the switch whose state is in a folder.",
    discussion: """
      Prints "ready DIR" when it forwards and answers commands, and runs until Ctrl-C or SIGTERM. \
      Ports that cannot be opened say so in 'martlet switch show' and are tried again each second.
      """)

  @OptionGroup var target: SwitchOptions

  @Option(help: ArgumentHelp("Write the process's number there.", valueName: "file"))
  var pidfile: String?

  @Option(help: ArgumentHelp("Append what is said to this file.", valueName: "file"))
  var logFile: String?

  @Flag(help: "Go on in the background once it is ready.")
  var detach = false

  func run() async throws {
    let notice = try detach ? Detachment.begin() : nil
    let directory = target.directory
    SwitchFolder.makeParents(of: directory)
    let loop = try EventLoop(name: "martlet-switch")
    let service = try SwitchService(directory: directory, loop: loop)
    let control = try SwitchControl(for: service)
    try await service.start()
    if let pidfile { try Detachment.write("\(getpid())\n", to: pidfile) }
    let (news, tell) = AsyncStream.makeStream(of: Void.self)
    try Signals.onEnd { tell.yield() }
    let serving = Task(executorPreference: loop) { await control.run() }
    if let logFile { try Detachment.redirect(to: logFile) }
    Terminal.say("ready \(directory)")
    notice?.ready()

    _ = await news.first { _ in true }
    serving.cancel()
    await serving.value
    await service.stop()
    if let pidfile { RunFolder.remove(pidfile) }
  }
}
