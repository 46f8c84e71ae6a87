import ArgumentParser

/// `martlet switch capture`
struct SwitchCapture: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture", abstract: "Show or save what crosses a port of the switch.",
    discussion: """
      Without -w each frame is told on a line; with -w it is written to a pcapng file ("-" is standard \
      output, for tcpdump -r - or wireshark -k -i -). '<' came in by the port, '>' went out. Frames with \
      offloads are shown as they are: a checksum may be missing, a segment 64 KiB long. Who reads too \
      slowly misses frames, is told how many, and holds up nobody.

        martlet switch capture tap7 tcp port 80
        martlet switch capture gre0 -w - | tcpdump -n -r -
      """)

  @OptionGroup var target: SwitchOptions
  @Argument(help: "The port; a bridge's name is its own port.")
  var port: String
  @OptionGroup var options: CaptureOptions

  func run() throws {
    _ = try Dump.filter(options.filter)
    // Refused before a file is emptied.
    var client = try target.ask(
      ["capture", port, "\(options.count ?? 0)", options.filter.joined(separator: " ")])
    try options.show(&client, to: try options.output(), of: "the switch")
  }
}
