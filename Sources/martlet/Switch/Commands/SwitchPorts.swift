import ArgumentParser
import MartletWire

/// `martlet switch add-port`
struct SwitchAddPort: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add-port", abstract: "Add a port to a bridge.",
    discussion: """
      Types: system (a device of the host that is there: eth0, or a TAP that a VM opens), tap (a \
      TAP that the switch makes), internal (a device of the host), patch (a cable to another \
      bridge's patch port), gre, vxlan, unix (QEMU's stream and dgram), attached (a descriptor \
      handed over by 'martlet switch attach'), memory, gateway (the bridge's way out: by the host's \
      sockets, routed, or with NAT).

        martlet switch add-port br0 tap7
        martlet switch add-port br0 gre0 --type gre --remote-ip 192.0.2.2
        martlet switch add-port br0 vm1 --type unix path=/run/vm1.sock
        martlet switch add-port br0 gw0 --type gateway address=10.20.0.1/24
      """)

  @OptionGroup var target: SwitchOptions
  @Argument(help: "The bridge.")
  var bridge: String
  @Argument(help: "The port's name: that of its device, for most types.")
  var port: String
  @Option(help: "What carries its frames.")
  var type = "system"
  @Option(help: ArgumentHelp("Its number (default: the lowest free).", valueName: "1-65279"))
  var number: UInt16?
  @Option(help: ArgumentHelp("Its own VLAN.", valueName: "1-4094"))
  var tag: UInt16?
  @Option(help: ArgumentHelp("The VLANs of a trunk.", valueName: "vlan,…"))
  var trunks: String?
  @Option(help: ArgumentHelp("access, trunk, native-tagged, native-untagged.", valueName: "mode"))
  var vlanMode: String?
  @Option(help: ArgumentHelp("The tunnel's other end.", valueName: "address"))
  var remoteIP: String?
  @Option(help: ArgumentHelp("The tunnel's end here.", valueName: "address"))
  var localIP: String?
  @Option(help: ArgumentHelp("The tunnel's key or network identifier.", valueName: "number"))
  var key: String?
  @Option(help: ArgumentHelp("The other end of a patch, or of datagrams.", valueName: "name"))
  var peer: String?
  @Argument(help: ArgumentHelp("More options of its type.", valueName: "name=value"))
  var settings: [String] = []

  func run() throws {
    let named: [(String, String?)] = [
      ("type", type), ("number", number?.description), ("tag", tag?.description),
      ("trunks", trunks), ("vlan-mode", vlanMode), ("remote_ip", remoteIP),
      ("local_ip", localIP), ("key", key), ("peer", peer),
    ]
    let words = named.compactMap { name, value in value.map { "\(name)=\($0)" } }
    try target.show(["add-port", bridge, port] + words + settings)
  }
}

/// `martlet switch del-port`
struct SwitchDeletePort: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "del-port", abstract: "Remove a port.")

  @OptionGroup var target: SwitchOptions
  @Argument(help: "Its name.")
  var port: String

  func run() throws { try target.show(["del-port", port]) }
}
