import ArgumentParser

/// `martlet switch add-br`
struct SwitchAddBridge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add-br", abstract: "Add a bridge.",
    discussion: """
      With the privilege (CAP_NET_ADMIN) the bridge's own port is a device of the host, of the same \
      name; without, say host-port=false. Settings: datapath-id, mac, host-port, address, \
      fail-mode, controllers, loop-guard.

        martlet switch add-br br0 address=10.20.0.1/24
      """)

  @OptionGroup var target: SwitchOptions
  @Argument(help: "Its name: 1 to 15 letters, digits, '-', '_' and '.'.")
  var bridge: String
  @Argument(help: ArgumentHelp("Settings.", valueName: "name=value"))
  var settings: [String] = []

  func run() throws { try target.show(["add-br", bridge] + settings) }
}

/// `martlet switch del-br`
struct SwitchDeleteBridge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "del-br", abstract: "Remove a bridge with its ports.")

  @OptionGroup var target: SwitchOptions
  @Argument(help: "Its name.")
  var bridge: String

  func run() throws { try target.show(["del-br", bridge]) }
}

/// `martlet switch set`
struct SwitchSet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change settings of a bridge or port.",
    discussion: """
      Of a bridge: datapath-id, mac, host-port, address, fail-mode, controllers, loop-guard. Of a port: \
      type, number, tag, trunks, vlan-mode and the options of its type. An empty value takes a setting \
      back. Only what differs is touched: other ports go on.

        martlet switch set br0 address=10.20.0.1/24 fail-mode=secure
        martlet switch set tap7 tag=10
        martlet switch set gre0 remote_ip=192.0.2.3 key=7
      """)

  @OptionGroup var target: SwitchOptions
  @Argument(help: "The bridge or port.")
  var name: String
  @Argument(help: ArgumentHelp("Settings.", valueName: "name=value"))
  var settings: [String]

  func run() throws { try target.show(["set", name] + settings) }
}

/// `martlet switch show`
struct SwitchShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show bridges, ports, their counters, and what does not work.")

  @OptionGroup var target: SwitchOptions
  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws { try target.show(["show", json ? "json" : "text"]) }
}

/// `martlet switch metrics`
struct SwitchMetrics: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics", abstract: "Print all counters as Prometheus reads them.")

  @OptionGroup var target: SwitchOptions

  func run() throws { try target.show(["metrics"]) }
}
