import ArgumentParser

/// `martlet netstat`: the state of a running node's stack.
struct Netstat: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the stack of a running node.",
    discussion: """
      Interfaces, routes, neighbours, TCP connections, UDP sockets, counters under their MIB names \
      and packets dropped by reason, all of one moment.
      """)

  @OptionGroup var target: NodeOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    var client = try target.ask(.netstat(isJSON: json))
    guard client.copyToOutput() else {
      throw Failure(.unavailable, "the node '\(target.node.text)' broke off")
    }
  }
}
