import ArgumentParser
import Glibc
import MartletWire
import Synchronization

/// `martlet ping`: echo requests sent by a running node's stack.
struct Ping: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send echo requests from a running node.",
    discussion: """
      Ends after --count requests, or at Ctrl-C, with a summary. Status 0 when a reply came, 69 when \
      none did.

        martlet ping --node web -c 3 10.77.0.20
      """)

  @OptionGroup var target: NodeOptions

  @Argument(help: ArgumentHelp("The host's address.", valueName: "host"))
  var host: IPv4Address

  @Option(name: .shortAndLong, help: ArgumentHelp("How many; without it no end.", valueName: "n"))
  var count: Int?

  @Option(name: .shortAndLong, help: ArgumentHelp("Bytes of payload.", valueName: "bytes"))
  var size = 56

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Seconds between requests.", valueName: "seconds"))
  var interval = 1.0

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func validate() throws {
    if let count, count < 1 { throw ValidationError("--count: expected 1 or more, not \(count)") }
    guard (0...65_507).contains(size) else {
      throw ValidationError("--size: expected 0 to 65507 bytes, not \(size)")
    }
    guard interval >= 0.01, interval <= 3600 else {
      throw ValidationError("--interval: expected 0.01 to 3600 seconds, not \(interval)")
    }
    guard host.isUnicast else { throw ValidationError("\(host) is not the address of one host") }
  }

  func run() throws {
    let summary = Summary()
    var client = try target.ask(
      .ping(host, count: count ?? 0, size: size, milliseconds: Int(interval * 1000)))
    let (host, isQuiet) = (host, json)
    try Signals.onEnd { summary.end(host, isQuiet: isQuiet) }
    if !json { Terminal.say("PING \(host) with \(size) bytes, from node '\(target.node.text)'") }
    while let line = client.readLine() { try show(line, summary) }
    summary.end(host, isQuiet: json)
  }

  /// Shows what the node tells of one request: `reply SEQUENCE BYTES TTL MICROSECONDS` or
  /// `failure SEQUENCE TEXT`.
  private func show(_ line: String, _ summary: Summary) throws {
    let words = line.split(separator: " ", maxSplits: 2).map(String.init)
    guard words.count == 3, let sequence = Int(words[1]) else {
      throw Failure(.unavailable, "the node said '\(line)'; is it of another version?")
    }
    let values = words[2].split(separator: " ").compactMap { Int($0) }
    if words[0] == "reply", values.count == 3 {
      summary.add(microseconds: values[2])
      Terminal.say(
        json
          ? JSON.object([
            ("sequence", .number(sequence)), ("from", .string(host)),
            ("bytes", .number(values[0])), ("timeToLive", .number(values[1])),
            ("microseconds", .number(values[2])),
          ]).text
          : "\(values[0]) bytes from \(host): seq=\(sequence) ttl=\(values[1]) "
            + "time=\(Summary.milliseconds(values[2])) ms")
    } else {
      summary.addFailure()
      Terminal.say(
        json
          ? JSON.object([("sequence", .number(sequence)), ("error", .string(words[2]))]).text
          : "seq=\(sequence): \(words[2])")
    }
  }

  /// What came of the requests so far.
  private final class Summary: Sendable {
    private let state = Mutex(State())

    private struct State {
      var sent = 0
      var times: [Int] = []
    }

    func add(microseconds: Int) {
      state.withLock { state in
        state.sent += 1
        state.times.append(microseconds)
      }
    }

    func addFailure() { state.withLock { $0.sent += 1 } }

    /// Says it and ends the process.
    func end(_ host: IPv4Address, isQuiet: Bool) -> Never {
      let (sent, times) = state.withLock { ($0.sent, $0.times) }
      if !isQuiet {
        Terminal.say("\(host): \(sent) sent, \(times.count) received")
        if let least = times.min(), let most = times.max() {
          let mean = times.reduce(0, +) / times.count
          Terminal.say(
            "round trip least/mean/most \(Self.milliseconds(least))/\(Self.milliseconds(mean))/"
              + "\(Self.milliseconds(most)) ms")
        }
      }
      Glibc.exit(times.isEmpty ? Failure.Status.unavailable.rawValue : 0)
    }

    static func milliseconds(_ microseconds: Int) -> String {
      let rest = String(microseconds % 1000)
      return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
  }
}
