import MartletStack
import MartletWire

/// What a running node is asked for by its control socket: one line of words.
///
/// The answer begins with a line too: `ok` and what there is to say, or `error STATUS TEXT`.
enum ControlRequest: Equatable, Sendable {
  /// The state of the node's stack, as a table or as JSON.
  case netstat(isJSON: Bool)
  /// A connection opened by the node's stack; bytes follow both ways.
  case connect(Endpoint)
  /// Echo requests, a line for each.
  case ping(IPv4Address, count: Int, size: Int, milliseconds: Int)
  /// What crosses the node's device, as pcapng, from now on; `count` 0 has no end.
  case capture(count: Int, filter: String)
  /// A pairing window at a device of a home, for so many seconds; the answer is its code.
  case pair(seconds: Int)
  /// The end of a device's pairing.
  case forget
  /// An input of an alarm node, from 1, made active or quiet.
  case input(Int, isActive: Bool)

  /// The longest line that is read.
  static var lengthLimit: Int { 1024 }

  /// The line without its end.
  var line: String {
    switch self {
    case .netstat(let isJSON): isJSON ? "netstat json" : "netstat"
    case .connect(let peer): "connect \(peer.address) \(peer.port)"
    case .ping(let host, let count, let size, let milliseconds):
      "ping \(host) \(count) \(size) \(milliseconds)"
    case .capture(let count, let filter):
      filter.isEmpty ? "capture \(count)" : "capture \(count) \(filter)"
    case .pair(let seconds): "pair \(seconds)"
    case .forget: "forget"
    case .input(let input, let isActive): "input \(input) \(isActive ? "active" : "quiet")"
    }
  }

  /// Reads a line without its end; `nil` when it is none of these.
  init?(_ line: String) {
    let words = line.split(separator: " ").map(String.init)
    switch (words.first, words.count) {
    case ("netstat", 1): self = .netstat(isJSON: false)
    case ("netstat", 2) where words[1] == "json": self = .netstat(isJSON: true)
    case ("connect", 3):
      guard let address = IPv4Address(words[1]), let port = UInt16(words[2]), port > 0 else {
        return nil
      }
      self = .connect(Endpoint(address, port: port))
    case ("ping", 5):
      guard let host = IPv4Address(words[1]), let count = Int(words[2]), count >= 0,
        let size = Int(words[3]), (0...65_507).contains(size),
        let milliseconds = Int(words[4]), (10...3_600_000).contains(milliseconds)
      else { return nil }
      self = .ping(host, count: count, size: size, milliseconds: milliseconds)
    case ("capture", 2...):
      guard let count = Int(words[1]), count >= 0 else { return nil }
      self = .capture(count: count, filter: words.dropFirst(2).joined(separator: " "))
    case ("pair", 2):
      guard let seconds = Int(words[1]), (10...3600).contains(seconds) else { return nil }
      self = .pair(seconds: seconds)
    case ("forget", 1): self = .forget
    case ("input", 3):
      guard let input = Int(words[1]), (1...2).contains(input),
        ["active", "quiet"].contains(words[2])
      else { return nil }
      self = .input(input, isActive: words[2] == "active")
    default: return nil
    }
  }
}
