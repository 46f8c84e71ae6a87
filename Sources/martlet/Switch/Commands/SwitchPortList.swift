import ArgumentParser

/// `martlet switch ports`
struct SwitchPortList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ports", abstract: "List ports, or how a VM is plugged into them.",
    discussion: """
      With --qemu: for each port that a virtual machine may use, the arguments that plug it in.

        qemu-system-x86_64 … $(martlet switch ports --qemu vm1)
      """)

  @OptionGroup var target: SwitchOptions
  @Flag(help: "Print arguments for QEMU.")
  var qemu = false
  @Flag(help: "Print one JSON array.")
  var json = false
  @Argument(help: "Only this port.")
  var port: String?

  func validate() throws {
    if qemu, json { throw ValidationError("--qemu and --json exclude each other") }
  }

  func run() throws {
    let form = qemu ? "qemu" : json ? "json" : "text"
    try target.show(["ports", form] + (port.map { [$0] } ?? []))
  }
}
