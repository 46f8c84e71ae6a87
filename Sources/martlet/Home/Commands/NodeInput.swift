import ArgumentParser

/// `martlet node input`: somebody opens a door before an alarm node.
struct NodeInput: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "input",
    abstract: "Make an input of a running alarm node active, or quiet.")

  @OptionGroup var node: NodeOptions

  @Argument(help: ArgumentHelp("The input, 1 or 2.", valueName: "input"))
  var input: Int

  @Argument(help: ArgumentHelp("active or quiet.", valueName: "level"))
  var level: Level

  /// What an input is made.
  enum Level: String, CaseIterable, ExpressibleByArgument {
    case active, quiet
  }

  func validate() throws {
    guard (1...2).contains(input) else {
      throw ValidationError("input: \(input) is not 1 or 2")
    }
  }

  func run() throws { _ = try node.ask(.input(input, isActive: level == .active)) }
}
