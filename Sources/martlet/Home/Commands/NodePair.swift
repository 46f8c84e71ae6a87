import ArgumentParser

/// `martlet node pair`: somebody at a node presses its button.
struct NodePair: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pair",
    abstract: "Open a pairing window at a running device, and print the code for its hub.",
    discussion: """
      The code is typed at the hub, on the device's page or after 'martlet house pair'. It never \
      crosses the network: both ends derive their key from it. The window ends with the first hub \
      that proves to have it.
      """)

  @OptionGroup var node: NodeOptions

  @Option(help: ArgumentHelp("How long the window stays open, 10 to 3600.", valueName: "seconds"))
  var seconds = 120

  @Flag(help: "Forget the hub that it is paired with instead.")
  var forget = false

  func validate() throws {
    guard (10...3600).contains(seconds) else {
      throw ValidationError("--seconds: \(seconds) is not from 10 to 3600")
    }
  }

  func run() throws {
    var client = try node.ask(forget ? .forget : .pair(seconds: seconds))
    if !forget, let code = client.readLine() { Terminal.say(code) }
  }
}
