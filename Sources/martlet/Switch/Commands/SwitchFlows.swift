import ArgumentParser

/// `martlet switch flows`
struct SwitchFlows: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flows", abstract: "Show a bridge's flows, as ovs-ofctl dump-flows does.")

  @OptionGroup var target: SwitchOptions
  @Argument(help: "The bridge.")
  var bridge: String
  @Argument(help: ArgumentHelp("Only those within: table=0,tcp,…", valueName: "match"))
  var filter: String = ""
  @Flag(help: "Print one JSON array.")
  var json = false

  func run() throws { try target.show(["flows", json ? "json" : "text", bridge, filter]) }
}

/// `martlet switch add-flow`
struct SwitchAddFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add-flow", abstract: "Add flows to a bridge, in the syntax of ovs-ofctl.",
    discussion: """
      All are added or, when one is not right, none. They are back after a restart, with their cookie, \
      priority and what is left of a hard timeout; flows with an idle timeout are not.

        martlet switch add-flow br0 "priority=10,tcp,tp_dst=80,actions=drop"
        martlet switch add-flow br0 --file flows.txt
      """)

  @OptionGroup var target: SwitchOptions
  @Argument(help: "The bridge.")
  var bridge: String
  @Option(help: ArgumentHelp("Take one from each line; '-' is standard input.", valueName: "file"))
  var file: String?
  @Argument(help: ArgumentHelp("The flows.", valueName: "flow"))
  var flows: [String] = []

  func run() throws {
    var flows = flows
    if let file {
      let input = try InputFile(file)
      var bytes: [UInt8] = []
      while let more = try input.read() {
        bytes += more
        guard bytes.count <= SwitchFolder.requestLimit else {
          throw Failure(.badData, "\(file): longer than \(SwitchFolder.requestLimit) bytes")
        }
      }
      for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
        let flow = line.prefix { $0 != "#" }.map { $0 == "\t" ? " " : $0 }
        if !flow.allSatisfy(\.isWhitespace) { flows.append(String(flow)) }
      }
    }
    guard !flows.isEmpty else {
      throw Failure(.usage, "no flow was given; expected one like 'tcp,tp_dst=80,actions=drop'")
    }
    try target.show(["add-flow", bridge] + flows)
  }
}

/// `martlet switch del-flows`
struct SwitchDeleteFlows: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "del-flows", abstract: "Delete a bridge's flows: all, or those within a match.",
    discussion: """
      Without any flow a bridge forwards nothing. What a new one has is priority=0,actions=NORMAL.
      """)

  @OptionGroup var target: SwitchOptions
  @Flag(help: "Only the flow of exactly this match and priority.")
  var strict = false
  @Argument(help: "The bridge.")
  var bridge: String
  @Argument(help: ArgumentHelp("Which.", valueName: "match"))
  var filter: String = ""

  func run() throws { try target.show(["del-flows", bridge, filter, strict ? "strict" : "loose"]) }
}

/// `martlet switch trace`
struct SwitchTrace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "Show a frame's road through a bridge's tables.",
    discussion: """
      The frame is made of a match, or given as hexadecimal digits. Each flow that it meets is shown, \
      what each action does, where it leaves, and at last which bits of it were looked at.

        martlet switch trace br0 in_port=1,tcp,nw_dst=10.0.0.2,tp_dst=80
        martlet switch trace br0 in_port=1 020000000002020000000001080045…
      """)

  @OptionGroup var target: SwitchOptions
  @Argument(help: "The bridge.")
  var bridge: String
  @Argument(help: ArgumentHelp("The frame, or where its bytes come in.", valueName: "match|hex"))
  var frame: String
  @Argument(help: ArgumentHelp("Its bytes.", valueName: "hex"))
  var bytes: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    try target.show(["trace", json ? "json" : "text", bridge, frame] + (bytes.map { [$0] } ?? []))
  }
}

/// `martlet switch fdb`
struct SwitchStations: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fdb", abstract: "Show which stations a bridge has learned, and where.")

  @OptionGroup var target: SwitchOptions
  @Flag(help: "Print one JSON array.")
  var json = false
  @Argument(help: "The bridge.")
  var bridge: String

  func run() throws { try target.show(["fdb", bridge, json ? "json" : "text"]) }
}
