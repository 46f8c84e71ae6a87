import ArgumentParser
import Glibc

/// `martlet kernel`: the operating system, in a machine of QEMU's or on a disc.
struct KernelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel", abstract: "Run the kernel in QEMU, or put it on an ISO.",
    subcommands: [KernelRun.self, KernelISO.self])
}

/// Which image.
struct KernelImage: ParsableArguments {
  @Option(help: ArgumentHelp("The kernel's image.", valueName: "file"))
  var image = "Kernel/.build/x86_64-unknown-none-elf/release/martlet-kernel"

  /// Throws `noInput`, and says how to build it, when it is not there.
  func check() throws(Failure) {
    guard unsafe access(image, R_OK) == 0 else {
      throw Failure(
        .noInput,
        """
        \(image): not there. Build it with
          swift build --package-path Kernel -c release --triple x86_64-unknown-none-elf \
        --toolset Kernel/toolset.json
        """)
    }
  }
}

/// `martlet kernel run`.
struct KernelRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Boot the kernel in QEMU and show its console.",
    discussion: """
      Without more the kernel is 10.0.2.15 on a network of QEMU's own, and ports 8080 and 8007 of \
      this machine lead to its web server and its echo. With --tap it is on that TAP device \
      instead; give it an address by "ip=192.0.2.2/24 gw=192.0.2.1". Ctrl-A X ends the machine.

        martlet kernel run
        martlet kernel run --card rtl8139 --memory 32
        sudo martlet kernel run --tap tap0 ip=192.0.2.2/24
      """)

  @OptionGroup var image: KernelImage

  @Option(help: ArgumentHelp("The network card, as QEMU names it.", valueName: "model"))
  var card = "virtio-net-pci"

  @Option(help: ArgumentHelp("The machine: pc or q35.", valueName: "machine"))
  var machine = "q35"

  @Option(help: ArgumentHelp("Its memory.", valueName: "MB"))
  var memory = 64

  @Option(help: ArgumentHelp("A TAP device to join.", valueName: "tap"))
  var tap: String?

  @Option(help: ArgumentHelp("The port of this machine for its web server.", valueName: "port"))
  var web: UInt16 = 8080

  @Option(help: ArgumentHelp("The port of this machine for its echo.", valueName: "port"))
  var echo: UInt16 = 8007

  @Argument(help: ArgumentHelp("The kernel's command line.", valueName: "word"))
  var words: [String] = []

  func validate() throws {
    guard (24...65_536).contains(memory) else {
      throw ValidationError("--memory: expected 24 MB or more, not \(memory)")
    }
    // QEMU takes a comma for the end of a value.
    for value in [card, machine, tap ?? ""] where value.contains(",") {
      throw ValidationError("'\(value)': a name has no comma")
    }
  }

  func run() throws {
    try image.check()
    var names = SymbolNames(image: image.image)
    let status = try ChildProcess.run(arguments) { names.pass($0) }
    if status != 0 { throw Failure(.unavailable, "QEMU ended with status \(status)") }
  }

  /// On QEMU's own network the address is known, and asking for it takes seconds.
  private var commandLine: [String] {
    guard tap == nil, !words.contains(where: { $0.hasPrefix("ip=") }) else { return words }
    return ["ip=10.0.2.15/24", "gw=10.0.2.2", "dns=10.0.2.3"] + words
  }

  private var arguments: [String] {
    var network = "user,id=net0"
    network += ",hostfwd=tcp:127.0.0.1:\(web)-:80,hostfwd=tcp:127.0.0.1:\(echo)-:7"
    if let tap { network = "tap,id=net0,ifname=\(tap),script=no,downscript=no" }
    return [
      "qemu-system-x86_64", "-accel", "tcg", "-M", machine, "-m", "\(memory)", "-nodefaults",
      "-display", "none", "-serial", "mon:stdio", "-no-reboot", "-kernel", image.image,
      "-append", commandLine.joined(separator: " "), "-netdev", network, "-device",
      "\(card),netdev=net0", "-device", "virtio-rng-pci",
    ]
  }
}

/// `martlet kernel iso`.
struct KernelISO: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "iso", abstract: "Make an ISO that boots the kernel by GRUB.",
    discussion: """
      It needs grub-mkrescue (packages grub-common, grub-pc-bin, xorriso and mtools).

        martlet kernel iso martlet.iso
        qemu-system-x86_64 -cdrom martlet.iso -serial stdio
      """)

  @OptionGroup var image: KernelImage

  @Argument(help: ArgumentHelp("Where to write it.", valueName: "file"))
  var file: String

  @Argument(help: ArgumentHelp("The kernel's command line.", valueName: "word"))
  var words: [String] = []

  func validate() throws {
    let safe = words.allSatisfy {
      $0.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x7B && $0 != 0x7D && $0 != 0x3B }
    }
    guard safe else { throw ValidationError("a word of the command line has a space, { } or ;") }
  }

  func run() throws {
    try image.check()
    var template = Array("/tmp/martlet-iso-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw Failure(.cannotCreate, "no folder in /tmp: errno \(errno)")
    }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { _ = try? ChildProcess.run(["rm", "-r", folder]) }
    let menu = """
      set timeout=0
      menuentry martlet {
        multiboot2 /boot/martlet-kernel \(words.joined(separator: " "))
        boot
      }

      """
    try step(["mkdir", "-p", "\(folder)/boot/grub"])
    try step(["cp", image.image, "\(folder)/boot/martlet-kernel"])
    try write(menu, to: "\(folder)/boot/grub/grub.cfg")
    try step(["grub-mkrescue", "-o", file, folder])
    Terminal.say("\(file) boots the kernel")
  }

  private func step(_ words: [String]) throws(Failure) {
    var said: [UInt8] = []
    let status = try ChildProcess.run(["sh", "-c", #"exec "$@" 2>&1"#, "sh"] + words) { said += $0 }
    guard status == 0 else {
      let text = String(decoding: said, as: UTF8.self)
      throw Failure(.unavailable, "\(words[0]) ended with status \(status):\n\(text)")
    }
  }

  private func write(_ text: String, to path: String) throws(Failure) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT, 0o644)
    guard descriptor >= 0, Terminal.write(Array(text.utf8), to: descriptor) else {
      throw Failure(.cannotCreate, "\(path) cannot be written")
    }
    Glibc.close(descriptor)
  }
}
