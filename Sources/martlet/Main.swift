import ArgumentParser
import Glibc
import MartletHost

/// Where the program begins and, whatever happens, where it says why it ends.
@main
enum Main {
  static func main() async {
    Signals.ignoreBrokenPipes()
    do {
      var command = try Martlet.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error)
    }
  }

  /// Ends the process with what went wrong on standard error, and its status.
  static func end(with error: any Error) -> Never {
    guard let failure = Failure(error) else {
      guard isMisuseOfSHA256(error) else { Martlet.exit(withError: error) }
      Terminal.write(Array("\(Martlet.fullMessage(for: error))\n".utf8), to: STDERR_FILENO)
      exit(1)
    }
    Terminal.complain(failure.message)
    exit(failure.status.rawValue)
  }

  /// Whether `martlet sha256` was given an option that it does not have: like the tool whose place it
  /// takes it answers with status 1.
  private static func isMisuseOfSHA256(_ error: any Error) -> Bool {
    CommandLine.arguments.dropFirst().first == "sha256"
      && Martlet.exitCode(for: error) == .validationFailure
  }
}
