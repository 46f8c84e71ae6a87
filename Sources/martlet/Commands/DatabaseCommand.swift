import ArgumentParser
import MartletHost
import MartletOVSDB
import MartletTargets

/// `martlet database`: an OVSDB server alone.
struct DatabaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "database",
    abstract: "Serve an OVSDB database (RFC 7047) alone, without a switch.",
    discussion: """
      Keeps the database in FILE, in Open vSwitch's own format, which is made if it is not there, and \
      serves it to ovs-vsctl, ovsdb-client and anything else that speaks RFC 7047. It prints one \
      line for each place where it listens, then "ready", and runs until Ctrl-C. A switch has its \
      own: martlet switch run.

        martlet database conf.db
        ovs-vsctl --db=unix:db.sock --no-wait add-br br0
        martlet database conf.db --remote punix:db.sock --remote ptcp:6640:127.0.0.1
      """)

  @Argument(help: ArgumentHelp("The database file.", valueName: "file"))
  var file: String

  @Option(
    help: ArgumentHelp(
      "Where to listen: punix:PATH or ptcp:PORT[:HOST]. May be repeated. (default: punix:db.sock)",
      valueName: "target"))
  var remote: [String] = []

  @Option(
    help: ArgumentHelp(
      "A database schema instead of Open vSwitch's, as ovsdb-tool takes it.", valueName: "file"))
  var schema: String?

  func run() async throws {
    var targets: [Target] = []
    for text in remote.isEmpty ? ["punix:db.sock"] : remote {
      let target = try Target(text, defaultPort: Target.databasePort)
      guard target.isPassive else {
        throw Failure(.usage, TargetError.wrongDirection(text, wantsPassive: true).description)
      }
      targets.append(target)
    }
    let loop = try EventLoop(name: "martlet-ovsdb")
    let service = try DatabaseService(path: file, schema: try readSchema(), on: loop) {
      Terminal.complain($0)
    }
    for target in targets {
      let endpoint = try await service.listen(at: target)
      if case .passiveTCP(let asked) = target {
        Terminal.say("listening ptcp:\(endpoint.port):\(asked.address)")
      } else {
        Terminal.say("listening \(target)")
      }
    }
    let serving = Task { try await service.run() }
    try Signals.onEnd { serving.cancel() }
    Terminal.say("ready")
    try await serving.value
  }

  private func readSchema() throws -> DatabaseSchema {
    guard let schema else { return .openVSwitch }
    let input = try InputFile(schema)
    var bytes: [UInt8] = []
    while let more = try input.read() {
      bytes += more
      guard bytes.count < 1 << 24 else { throw Failure(.badData, "\(schema): longer than 16 MiB") }
    }
    do {
      return try DatabaseSchema(json: JSONValue(parsing: String(decoding: bytes, as: UTF8.self)))
    } catch {
      throw Failure(.badData, "\(schema): no database schema: \(error)")
    }
  }
}
