// Says `unsafe`: it hands a path to the kernel.

import ArgumentParser
import Glibc
import MartletDevice
import MartletDissect

/// `martlet capture`: what crosses a running node's device.
struct Capture: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show or save what crosses a running node's device.",
    discussion: """
      Without -w each packet is told on a line, as martlet dump tells it; with -w it is written to a \
      pcapng file ("-" is standard output). The filter is that of martlet dump. Ctrl-C ends it.

        martlet capture --node web tcp port 80
        martlet capture --node web -w web.pcapng
      """)

  @OptionGroup var target: NodeOptions

  @Option(name: .short, help: ArgumentHelp("Write to this pcapng file.", valueName: "file"))
  var write: String?

  @Option(
    name: .customShort("n"), help: ArgumentHelp("End after so many packets.", valueName: "count"))
  var count: Int?

  @Flag(name: .short, help: "Tell hardware addresses.")
  var ethernet = false

  @Flag(name: .short, help: "Tell TOS, TTL, identification and DF.")
  var verbose = false

  @Argument(help: ArgumentHelp("Which packets; all without it.", valueName: "filter"))
  var filter: [String] = []

  func validate() throws {
    if let count, count < 1 { throw ValidationError("-n: expected 1 or more, not \(count)") }
  }

  func run() throws {
    // Told here, with its place, and not by the node.
    _ = try Dump.filter(filter)
    let output = try write.map(open)
    var client = try target.ask(
      .capture(count: count ?? 0, filter: filter.joined(separator: " ")))
    try Signals.onEnd { Glibc.exit(0) }
    if let output {
      try copy(&client, to: output)
    } else {
      try tell(&client)
    }
    guard count != nil else {
      throw Failure(.unavailable, "the node '\(target.node.text)' has ended")
    }
  }

  private func copy(_ client: inout ControlClient, to output: Int32) throws {
    while let bytes = client.read(), !bytes.isEmpty {
      guard Terminal.write(bytes, to: output) else {
        throw Failure(.cannotCreate, "\(write ?? ""): cannot be written: no room, or no reader")
      }
    }
  }

  private func tell(_ client: inout ControlClient) throws {
    let dissector = Dissector(showsLinkHeader: ethernet, showsInternetHeader: verbose)
    var reader = CaptureReader()
    while let bytes = client.read(), !bytes.isEmpty {
      reader.append(bytes)
      var text = ""
      do throws(CaptureError) {
        while let packet = try reader.next() {
          let arrow = packet.direction == .sent ? ">" : "<"
          text += "\(packet.time?.description ?? "-") \(arrow) \(dissector.line(of: packet))\n"
        }
      } catch {
        throw Failure(.defect, "the node's capture: \(error)")
      }
      Terminal.put(text)
    }
  }

  private func open(_ path: String) throws -> Int32 {
    if path == "-" { return STDOUT_FILENO }
    let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      let reason = unsafe String(cString: strerror(errno))
      throw Failure(.cannotCreate, "\(path): \(reason)")
    }
    return descriptor
  }
}
