import ArgumentParser

/// `martlet node`: one node on a TAP device.
struct Node: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run one node on a TAP device: small services, or a device of a home.",
    discussion: """
      'martlet node KIND --tap NAME --address A.B.C.D/N' runs one; KIND is services (the default), \
      irrigation, led, alarm or presence. 'martlet node run --help' has every option.

        sudo ip tuntap add dev tap0 mode tap user $USER
        sudo ip address add 10.9.0.1/24 dev tap0
        sudo ip link set tap0 up
        martlet node irrigation --tap tap0 --address 10.9.0.2/24 --name garden --panel
        martlet node pair --node garden
      """,
    subcommands: [NodeRun.self, NodePair.self, NodeInput.self],
    defaultSubcommand: NodeRun.self)
}
