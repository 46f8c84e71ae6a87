// Says `unsafe`: it hands a path to the kernel.

import ArgumentParser
import Glibc
import MartletDevice
import MartletDissect

/// What is captured, and where it goes.
struct CaptureOptions: ParsableArguments {
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

  /// The file to write to, opened; `nil` where packets are told in lines.
  func output() throws -> Int32? { try write.map(open) }

  /// Shows what `subject` sends, until its end or Ctrl-C.
  func show(_ client: inout ControlClient, to output: Int32?, of subject: String) throws {
    try Signals.onEnd { Glibc.exit(0) }
    let dissector = Dissector(showsLinkHeader: ethernet, showsInternetHeader: verbose)
    var reader = CaptureReader()
    var missed: UInt64 = 0
    while let bytes = client.read(), !bytes.isEmpty {
      if let output, !Terminal.write(bytes, to: output) {
        throw Failure(.cannotCreate, "\(write ?? ""): cannot be written: no room, or no reader")
      }
      reader.append(bytes)
      do throws(CaptureError) {
        let text = try lines(&reader, dissector)
        if output == nil { Terminal.put(text) }
      } catch {
        throw Failure(.defect, "\(subject)'s capture: \(error)")
      }
      if reader.missedCount > missed {
        missed = reader.missedCount
        Terminal.complain("\(missed) packets were missed: they came faster than they were read")
      }
    }
    guard count != nil else { throw Failure(.unavailable, "\(subject) has ended") }
  }

  private func lines(
    _ reader: inout CaptureReader, _ dissector: Dissector
  ) throws(CaptureError) -> String {
    var text = ""
    while let packet = try reader.next() {
      guard write == nil else { continue }
      let arrow = packet.direction == .sent ? ">" : "<"
      text += "\(packet.time?.description ?? "-") \(arrow) \(dissector.line(of: packet))\n"
    }
    return text
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
