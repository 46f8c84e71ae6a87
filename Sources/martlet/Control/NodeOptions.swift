import ArgumentParser

/// Which running node a command is for.
struct NodeOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The running node's name.", valueName: "name"))
  var node: NodeName = .standard

  @Option(
    help: ArgumentHelp("Its control socket, if it was started with one.", valueName: "path"))
  var control: String?

  /// Asks the node.
  func ask(_ request: ControlRequest) throws -> ControlClient {
    try ControlClient.ask(request, of: node.text, at: control)
  }
}
