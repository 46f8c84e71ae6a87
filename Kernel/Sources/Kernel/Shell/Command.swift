import CPlatform

/// One of the shell's commands.
struct Command {
  let name: StaticString
  let help: StaticString
  let run: (Shell, [[UInt8]]) -> Void

  static var all: [Command] {
    [
      Command(name: "help", help: "this list") { _, _ in
        for command in Command.all { say("\(command.name): \(command.help)") }
      },
      Command(name: "ps", help: "the threads, their priority, state and time") { _, _ in
        Listings.threads()
      },
      Command(name: "netstat", help: "sockets, and what the stack has counted") { _, _ in
        Listings.sockets()
        Listings.counters()
      },
      Command(name: "ifconfig", help: "the interfaces, their addresses and counters") { _, _ in
        Listings.interfaces()
      },
      Command(name: "route", help: "the routes") { _, _ in Listings.routes() },
      Command(name: "arp", help: "the neighbours") { _, _ in Listings.neighbours() },
      Command(name: "ping", help: "ping HOST [COUNT]") { $0.ping($1) },
      Command(name: "traceroute", help: "traceroute HOST: the routers on the way") {
        $0.traceroute($1)
      },
      Command(name: "dns", help: "dns NAME: its addresses") { $0.dns($1) },
      Command(name: "telnet", help: "telnet HOST [PORT]: talks until either side closes; ^] ends") {
        $0.telnet($1)
      },
      Command(name: "cat", help: "cat FILE: what is in it") { $0.cat($1) },
      Command(name: "sha256", help: "sha256 FILE: its digest") { $0.sha256($1) },
      Command(name: "dmesg", help: "the last lines of the log") { _, _ in Listings.log() },
      Command(name: "free", help: "the memory") { _, _ in Listings.memory() },
      Command(name: "reboot", help: "starts the machine again") { _, _ in Machine.reboot() },
    ]
  }
}

/// The machine itself.
enum Machine {
  /// Resets the processor by the keyboard controller, as every PC can.
  static func reboot() {
    log("rebooting")
    _ = interrupts_mask()
    port_write8(0x64, 0xFE)
    while true { processor_halt() }
  }
}
