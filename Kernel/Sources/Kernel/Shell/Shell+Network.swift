import MartletDevice
import MartletDrivers
import MartletServices
import MartletStack
import MartletWire

/// The commands that talk to other hosts.
extension Shell {
  func ping(_ words: [[UInt8]]) {
    guard let word = words.first,
      let count = words.count > 1 ? Self.number(words[1], atMost: 10_000) : 4
    else { return say("ping HOST [COUNT]") }
    guard let target = address(word), let socket = try? sockets.create(.echo) else { return }
    var received = 0
    for sequence in 0..<count {
      let sequence = UInt16(truncatingIfNeeded: sequence + 1)
      if probe(target, socket, sequence, timeToLive: nil) == .answered { received += 1 }
      if Int(sequence) < count { Scheduler.sleep(.milliseconds(200)) }
    }
    sockets.close(socket)
    say("\(count) sent, \(received) received")
  }

  func traceroute(_ words: [[UInt8]]) {
    guard let word = words.first else { return say("traceroute HOST") }
    guard let target = address(word), let socket = try? sockets.create(.echo) else { return }
    defer { sockets.close(socket) }
    for hop in UInt8(1)...30 {
      switch probe(target, socket, UInt16(hop), timeToLive: hop) {
      case .answered, .refused: return
      case .passedOn, .silent: continue
      }
    }
  }

  private enum Probe { case answered, passedOn, refused, silent }

  /// Sends one echo request and says what came of it.
  private func probe(
    _ target: IPv4Address, _ socket: SocketHandle, _ sequence: UInt16, timeToLive: UInt8?
  ) -> Probe {
    let payload = InlineArray<56, UInt8>(repeating: 0x6D)
    let start = Clock.now
    do throws(SocketError) {
      try sockets.sendDatagram(
        unsafe payload.span.bytes,
        by: .sendEcho(socket, target, sequence: sequence, timeToLive: timeToLive))
      while true {
        let deadline = start + .seconds(2)
        switch try sockets.receive(on: socket, deadline: deadline, { _ in }) {
        case .echo(let length, let reply) where reply.sequence == sequence:
          say(
            "\(sequence): \(length) bytes from \(reply.source), ttl \(reply.timeToLive), \(Clock.now - start)"
          )
          return .answered
        case .echoError(let error) where error.isTimeExceeded:
          say("\(sequence): \(error.sender), \(Clock.now - start)")
          return .passedOn
        case .echoError(let error):
          say("\(sequence): \(error.sender) says that it cannot be reached")
          return .refused
        default: continue
        }
      }
    } catch {
      say("\(sequence): \(Self.words(for: error))")
      return .silent
    }
  }

  func dns(_ words: [[UInt8]]) {
    guard let word = words.first else { return say("dns NAME") }
    guard let outcome = lookUp(word) else {
      return say("\(text: word): that cannot be a name")
    }
    switch outcome {
    case .addresses(let addresses):
      for address in addresses { say("\(address)") }
    case .failed(let failure):
      say("\(text: word): \(Self.words(for: failure))")
    }
  }

  /// Two threads on one connection: this one sends what is typed, the other shows what comes.
  func telnet(_ words: [[UInt8]]) {
    guard let word = words.first,
      let port = words.count > 1 ? Self.number(words[1], atMost: 65_535) : 23
    else { return say("telnet HOST [PORT]") }
    guard let target = address(word) else { return }
    do throws(SocketError) {
      let socket = try sockets.connect(
        to: Endpoint(target, port: UInt16(port)), deadline: Clock.now + .seconds(20))
      say("connected to \(Endpoint(target, port: UInt16(port)))")
      let reader = TelnetReader(socket)
      Scheduler.spawn("telnet") { reader.run() }
      while !reader.hasEnded {
        guard let byte = Console.read(until: Clock.now + .milliseconds(50)) else { continue }
        // ^] as ever.
        if byte == 0x1D { break }
        // A connection that has ended is closed below, whatever ended it.
        guard (try? send(byte, to: socket)) != nil else { break }
      }
      sockets.close(socket)
      reader.waitForEnd()
      say("closed")
    } catch {
      say("\(text: word): \(Self.words(for: error))")
    }
  }

  private func send(_ byte: UInt8, to socket: SocketHandle) throws(SocketError) {
    if byte == UInt8(ascii: "\r") {
      let end: InlineArray<2, UInt8> = [13, 10]
      Console.write("\n")
      try sockets.send(unsafe end.span.bytes, on: socket)
    } else {
      let one: InlineArray<1, UInt8> = [byte]
      Console.write(LogLine(bytes: [byte]))
      try sockets.send(unsafe one.span.bytes, on: socket)
    }
  }
}

/// The thread that shows what a telnet server says.
private final class TelnetReader {
  private let socket: SocketHandle
  private let waiters = WaitQueue()
  private(set) var hasEnded = false

  init(_ socket: SocketHandle) { self.socket = socket }

  func run() {
    if let sockets = SocketContext() {
      var goesOn = true
      while goesOn {
        let result = try? sockets.receive(on: socket) { bytes in
          for offset in 0..<bytes.byteCount {
            let byte = bytes.load(UInt8.self, at: offset)
            if byte >= 0x20 || byte == 10 { Console.write(LogLine(bytes: [byte])) }
          }
        }
        if case .bytes(let count)? = result { goesOn = count > 0 } else { goesOn = false }
      }
    }
    withInterruptsMasked { hasEnded = true }
    waiters.wakeAll()
  }

  func waitForEnd() { waiters.wait { !hasEnded } }
}
