import ArgumentParser
import Glibc

/// Which switch a command is for.
struct SwitchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of the switch's state (default: \(SwitchFolder.standard)).", valueName: "folder"))
  var dir: String?

  /// The folder.
  var directory: String { dir ?? SwitchFolder.standard }

  /// Asks the running switch; throws what it answered when it did not agree.
  func ask(_ words: [String]) throws -> ControlClient {
    for word in words where word.contains("\t") || word.contains("\n") {
      throw Failure(.usage, "'\(word.prefix(40))' holds a tab or an end of line")
    }
    let directory = directory
    return try ControlClient.ask(
      words.joined(separator: "\t"), at: SwitchFolder.socket(in: directory), of: "the switch",
      limit: SwitchFolder.requestLimit, seconds: 30
    ) { code in
      switch code {
      case ENOENT, ECONNREFUSED, ENOTDIR:
        Failure(
          .unavailable,
          "no switch is running in \(directory); start it: martlet switch run --dir \(directory)")
      case EACCES, EPERM:
        Failure(.noPermission, "\(directory): the switch there belongs to another user")
      default: Failure(.unavailable, "\(directory): \(unsafe String(cString: strerror(code)))")
      }
    }
  }

  /// Asks the running switch and shows what it answers.
  func show(_ words: [String]) throws {
    var client = try ask(words)
    guard client.copyToOutput() else {
      throw Failure(.unavailable, "the switch went away before it had answered")
    }
  }
}
