import ArgumentParser

/// The command line's root: every subcommand is a file in `Commands`.
struct Martlet: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "martlet",
    abstract: "A network that needs no ground: TCP/IP nodes, each on a stack of its own.",
    discussion: """
      Nothing here needs root, except to make a TAP device. Exit status: 0 done, 64 wrong usage, \
      65 wrong file, 66 no such file, 69 not available, 70 a defect of martlet, 71 the system has \
      failed, 73 a file or folder cannot be made, 77 a privilege is missing.

      Shell completion: martlet --generate-completion-script bash (zsh, fish).
      """,
    version: version,
    subcommands: [
      Up.self, Node.self, HubCommand.self, HouseCommand.self, KernelCommand.self, Netstat.self,
      Netcat.self, Ping.self, Capture.self,
      Dump.self, Impair.self, SwitchCommand.self, SHA256Command.self, DatabaseCommand.self,
      ControllerCommand.self,
    ])
}
