import CPlatform
import MartletDevice
import MartletServices
import MartletStack
import MartletWire

/// The shell on the serial line: a thread like any other, which asks the network by sockets and
/// requests.
final class Shell {
  let sockets: SocketContext

  private init(_ sockets: SocketContext) { self.sockets = sockets }

  /// Starts its thread.
  static func start() {
    Console.startInput()
    Scheduler.spawn("shell") {
      guard let sockets = SocketContext() else { return }
      Shell(sockets).run()
    }
  }

  private func run() {
    log("shell: type help")
    while true {
      Console.write("martlet> ")
      execute(readLine())
    }
  }

  private func execute(_ line: [UInt8]) {
    let words = line.split(separator: UInt8(ascii: " ")).map { Array($0) }
    guard let name = words.first else { return }
    guard let command = Command.all.first(where: { $0.name.isEqual(to: name) }) else {
      return say("no such command: help lists them")
    }
    command.run(self, Array(words.dropFirst()))
  }

  /// Reads a line, showing what is typed.
  private func readLine() -> [UInt8] {
    var line: [UInt8] = []
    while true {
      guard let byte = Console.read() else { continue }
      switch byte {
      case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        Console.write("\n")
        return line
      case 8, 127:
        if line.popLast() != nil { Console.write("\u{8} \u{8}") }
      case 0x20..<0x7F where line.count < 200:
        line.append(byte)
        Console.write(LogLine(bytes: [byte]))
      default: break
      }
    }
  }

  // MARK: Arguments

  /// The address that a word names: a dotted one, or one that the resolver finds.
  func address(_ word: [UInt8]) -> IPv4Address? {
    if let address = IPv4Address(ascii: word) { return address }
    switch lookUp(word) {
    case .addresses(let addresses)?: return addresses.first
    case .failed(let failure)?:
      say("\(text: word): \(Self.words(for: failure))")
      return nil
    case nil:
      say("\(text: word): that is no address and no name")
      return nil
    }
  }

  /// Asks the resolver; `nil` when the word cannot be a name.
  func lookUp(_ word: [UInt8]) -> DNSAnswer.Outcome? {
    guard let name = DomainName(ascii: word) else { return nil }
    let question = NameService.Question()
    Network.perform { network, now in
      network.names.ask(question, name, on: &network.stack, now: now)
    }
    question.wait()
    return question.outcome
  }

  static func words(for failure: DNSFailure) -> StaticString {
    switch failure {
    case .noSuchName: "no such name"
    case .noAddress: "it has no address"
    case .noServers: "no name server is known: dns=ADDRESS on the command line, or a lease"
    case .noAnswer: "no name server answers"
    case .serverFailed: "the name server failed"
    case .tooManyAliases: "too many aliases"
    case .tooManyQueries: "too many names at once"
    }
  }

  static func words(for error: SocketError) -> StaticString {
    switch error {
    case .closed: "closed"
    case .wouldBlock: "it would have to wait"
    case .timedOut: "no answer in time"
    case .tooMany: "too many sockets"
    case .unsuitable: "that does not fit the socket"
    case .stack(.noRoute): "no route"
    case .stack(.connectionEnded(.refused)): "refused"
    case .stack(.connectionEnded(.timedOut)): "no answer"
    case .stack(.connectionEnded(.hostUnreachable)): "host unreachable"
    case .stack(.connectionEnded): "the connection ended"
    case .stack: "the network refused"
    }
  }

  /// A decimal number; `nil` for anything else.
  static func number(_ word: [UInt8], atMost limit: Int) -> Int? {
    var value = 0
    for digit in word {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit), value <= limit else {
        return nil
      }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return word.isEmpty || value > limit ? nil : value
  }
}

extension StaticString {
  func isEqual(to bytes: [UInt8]) -> Bool {
    withUTF8Buffer { own in
      guard own.count == bytes.count else { return false }
      for index in bytes.indices where unsafe own[index] != bytes[index] { return false }
      return true
    }
  }
}

extension LogLine {
  init(bytes: [UInt8]) {
    self.init(stringLiteral: "")
    for byte in bytes { append(byte: byte) }
  }
}

extension LogLine.Interpolation {
  mutating func appendInterpolation(text bytes: [UInt8]) {
    for byte in bytes { appendInterpolation(byte: byte) }
  }

  mutating func appendInterpolation(_ end: Endpoint) {
    appendInterpolation(end.address)
    appendLiteral(":")
    appendInterpolation(end.port)
  }

  /// Milliseconds with three digits behind the point.
  mutating func appendInterpolation(_ interval: Interval) {
    appendInterpolation(interval.microseconds / 1000)
    appendLiteral(".")
    appendInterpolation(padded: UInt64(interval.microseconds % 1000))
    appendLiteral(" ms")
  }
}
