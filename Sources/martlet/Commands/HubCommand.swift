import ArgumentParser

/// `martlet hub`: the hub of a home on this host's own network.
struct HubCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hub",
    abstract: "Run the hub of a home: finds its nodes, works them, serves its pages.",
    discussion: """
      'martlet hub' runs it ('martlet hub run --help' has its options) and prints where its pages \
      are; the first time with a link that sets it up. 'martlet house' works it from a terminal.
      """,
    subcommands: [
      HubRun.self, HubCode.self, HubBackup.self, HubRestore.self, HubCheck.self,
    ],
    defaultSubcommand: HubRun.self)
}
