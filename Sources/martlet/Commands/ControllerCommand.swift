import ArgumentParser
import MartletController
import MartletHost
import MartletOpenFlow
import MartletTargets
import MartletWire

/// `martlet controller`: an OpenFlow controller.
struct ControllerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "controller",
    abstract: "Run an OpenFlow controller, for switches of ours and others.",
    discussion: """
      Prints one line for each place where it listens, then "ready", and runs until Ctrl-C. A switch is \
      told where it is: martlet switch set br0 controllers=tcp:127.0.0.1:6653, or ovs-vsctl \
      set-controller br0 tcp:127.0.0.1:6653.

        martlet controller learn
        martlet controller policy flows.txt --listen ptcp:6653:192.0.2.1
        martlet controller nat --outside-port uplink --outside 192.0.2.5/24 --gateway 192.0.2.1 \\
          --inside 10.0.0.1/24
      """,
    subcommands: [ControllerLearn.self, ControllerPolicy.self, ControllerNAT.self])
}

/// Where a controller listens, and what it speaks.
struct ControllerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where switches come in: ptcp:PORT[:HOST] or punix:PATH. May be repeated. (default: "
        + "ptcp:6653:127.0.0.1)", valueName: "target"))
  var listen: [String] = []

  @Option(
    help: ArgumentHelp(
      "Speak this version of OpenFlow alone: 1.0 or 1.3.", valueName: "version"))
  var openflow: String?

  /// Serves until the process is told to end.
  func serve<Application: ControllerApplication>(
    _ make: @escaping @Sendable () -> Application
  ) async throws {
    var targets: [Target] = []
    for text in listen.isEmpty ? ["ptcp:6653:127.0.0.1"] : listen {
      let target = try Target(text, defaultPort: Target.openFlowPort)
      guard target.isPassive else {
        throw Failure(.usage, TargetError.wrongDirection(text, wantsPassive: true).description)
      }
      targets.append(target)
    }
    let controller = try Controller(
      versions: try versions, log: { Terminal.complain($0) }, make)
    for target in targets {
      let endpoint = try await controller.listen(at: target)
      if case .passiveTCP(let asked) = target {
        Terminal.say("listening ptcp:\(endpoint.port):\(asked.address)")
      } else {
        Terminal.say("listening \(target)")
      }
    }
    let serving = Task { await controller.run() }
    try Signals.onEnd { serving.cancel() }
    Terminal.say("ready")
    await serving.value
    for case .passiveUnix(let path) in targets { RunFolder.remove(path) }
  }

  private var versions: [OpenFlowVersion] {
    get throws {
      switch openflow {
      case nil: [.v10, .v13]
      case "1.0": [.v10]
      case "1.3": [.v13]
      case let text?: throw Failure(.usage, "--openflow '\(text)': expected 1.0 or 1.3")
      }
    }
  }
}

/// `martlet controller learn`: a learning switch.
struct ControllerLearn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn", abstract: "Let switches learn where stations are, a flow for each pair.")

  @OptionGroup var options: ControllerOptions

  @Option(help: ArgumentHelp("Seconds after which an unused flow goes.", valueName: "seconds"))
  var idle: UInt16 = 60

  func run() async throws {
    try await options.serve { [idle] in LearningApplication(idleTimeout: idle) }
  }
}

/// `martlet controller policy`: flows from a file.
struct ControllerPolicy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Give switches the flows of a file, and no others.",
    discussion: """
      A line is a flow in the words of ovs-ofctl, ports by name or number. 'switch DPID', 16 hexadecimal \
      digits, says for which switch the lines after it are; 'switch *' for all, as at the beginning.
      """)

  @OptionGroup var options: ControllerOptions

  @Argument(help: ArgumentHelp("The flows.", valueName: "file"))
  var file: String

  func run() async throws {
    var bytes: [UInt8] = []
    let input = try InputFile(file)
    while let more = try input.read() {
      bytes += more
      guard bytes.count <= 16 << 20 else {
        throw Failure(.badData, "\(file): longer than 16 MiB")
      }
    }
    let policy = try Policy(String(decoding: bytes, as: UTF8.self), file: input.name)
    try await options.serve { PolicyApplication(policy) }
  }
}

/// `martlet controller nat`: many addresses behind one, by flows alone.
struct ControllerNAT: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nat",
    abstract:
      "Let a switch translate addresses by flows that set fields, a pair for each connection.",
    discussion: """
      Every port but one is inside; hosts there have --inside's address for their gateway. TCP and UDP \
      go out under --outside's. The switch needs no connection tracking: OpenFlow 1.0 is enough.
      """)

  @OptionGroup var options: ControllerOptions

  @Option(help: ArgumentHelp("The port that leads outside, by name or number.", valueName: "port"))
  var outsidePort: String

  @Option(help: ArgumentHelp("The address outside, with its prefix.", valueName: "address/length"))
  var outside: IPv4Prefix

  @Option(help: ArgumentHelp("The router outside.", valueName: "address"))
  var gateway: IPv4Address

  @Option(
    help: ArgumentHelp(
      "The gateway's address inside, with its prefix.", valueName: "address/length"))
  var inside: IPv4Prefix

  @Option(
    help: ArgumentHelp("Seconds after which an unused connection goes.", valueName: "seconds"))
  var idle: UInt16 = 300

  func run() async throws {
    guard outside.contains(gateway), gateway != outside.address else {
      throw Failure(
        .usage, "--gateway \(gateway): expected another address of \(outside)'s network")
    }
    let settings = TranslationApplication.Settings(
      outsidePort: outsidePort, outside: outside, gateway: gateway, inside: inside,
      idleTimeout: idle)
    try await options.serve { TranslationApplication(settings) }
  }
}
