import ArgumentParser

/// `martlet capture`: what crosses a running node's device.
struct Capture: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show or save what crosses a running node's device.",
    discussion: """
      Without -w each packet is told on a line, as martlet dump tells it; with -w it is written to a \
      pcapng file ("-" is standard output). The filter is that of martlet dump. Ctrl-C ends it.

        martlet capture --node web tcp port 80
        martlet capture --node web -w web.pcapng
      """)

  @OptionGroup var target: NodeOptions
  @OptionGroup var options: CaptureOptions

  func run() throws {
    // Told here, with its place, and not by the node.
    _ = try Dump.filter(options.filter)
    let output = try options.output()
    var client = try target.ask(
      .capture(count: options.count ?? 0, filter: options.filter.joined(separator: " ")))
    try options.show(&client, to: output, of: "the node '\(target.node.text)'")
  }
}
