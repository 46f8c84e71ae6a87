import ArgumentParser

/// `martlet switch`: a virtual switch in user space.
struct SwitchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "switch",
    abstract: "Run a virtual switch in user space, and change it.",
    discussion: """
      A switch has bridges, bridges have ports. 'run' starts it; all others talk to the running \
      one, whose folder --dir names. What they change is on the disk before they return.

        martlet switch run --dir /var/lib/sw --detach
        martlet switch add-br br0 --dir /var/lib/sw
        martlet switch add-port br0 tap7 --type tap --dir /var/lib/sw
        martlet switch add-port br0 gre0 --type gre --remote-ip 192.0.2.2 --dir /var/lib/sw
        martlet switch show --dir /var/lib/sw
      """,
    subcommands: [
      SwitchRun.self, SwitchAddBridge.self, SwitchDeleteBridge.self, SwitchAddPort.self,
      SwitchDeletePort.self, SwitchSet.self, SwitchShow.self, SwitchMetrics.self,
      SwitchPortList.self, SwitchFlows.self,
      SwitchAddFlow.self, SwitchDeleteFlows.self, SwitchTrace.self, SwitchStations.self,
      SwitchConnections.self, SwitchCapture.self,
      SwitchAttach.self,
    ])
}
