import ArgumentParser

/// `martlet switch conntrack`
struct SwitchConnections: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conntrack",
    abstract: "Show the connections that a bridge's flows follow or a gateway translates.",
    discussion: """
      A line for each, as ovs-appctl dpctl/dump-conntrack has it: both directions with their packets \
      and bytes, the zone, the mark, what is left of the timeout in seconds, and TCP's state.

        martlet switch conntrack br0 --zone 5
        martlet switch conntrack br0 --flush
      """)

  @OptionGroup var target: SwitchOptions
  @Flag(help: "Print one JSON array.")
  var json = false
  @Flag(help: "Forget them; their next packets begin anew.")
  var flush = false
  @Option(help: ArgumentHelp("Only those of this zone.", valueName: "0-65535"))
  var zone: UInt16?
  @Argument(help: "The bridge, or a port of type gateway with mode=nat.")
  var bridge: String

  func validate() throws {
    if json, flush { throw ValidationError("--json and --flush exclude each other") }
  }

  func run() throws {
    let form = flush ? "flush" : json ? "json" : "text"
    try target.show(["conntrack", form, bridge, zone?.description ?? ""])
  }
}
