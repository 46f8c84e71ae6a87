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
    guard let failure = Failure(error) else { Martlet.exit(withError: error) }
    Terminal.complain(failure.message)
    exit(failure.status.rawValue)
  }
}
