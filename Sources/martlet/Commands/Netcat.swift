// Says `unsafe`: it waits for descriptors and reads them.

import ArgumentParser
import Glibc
import MartletStack
import MartletWire

/// `martlet nc`: a connection opened by a running node's stack.
struct Netcat: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nc",
    abstract: "Open a TCP connection from a running node.",
    discussion: """
      What comes on standard input is sent, what the peer sends goes to standard output. The end of \
      the input ends the sending side alone; the command ends when the peer has ended too.

        echo hello | martlet nc --node web 10.77.0.20 7
      """)

  @OptionGroup var target: NodeOptions

  @Argument(help: ArgumentHelp("The peer's address.", valueName: "host"))
  var host: IPv4Address

  @Argument(help: ArgumentHelp("The peer's port.", valueName: "port"))
  var port: UInt16

  func validate() throws {
    guard port > 0 else { throw ValidationError("the port: expected 1 to 65535") }
  }

  func run() throws {
    var client = try target.ask(.connect(Endpoint(host, port: port)))
    let isWhole = client.exchangeWithStandardStreams()
    guard isWhole else {
      throw Failure(.unavailable, "the connection to \(host):\(port) broke off")
    }
  }
}

extension ControlClient {
  /// Copies standard input to the node and what the node says to standard output, until the node has
  /// said all; false when it broke off.
  fileprivate mutating func exchangeWithStandardStreams() -> Bool {
    var isInputOpen = true
    var pending: ArraySlice<UInt8> = []
    guard writeRest() else { return true }
    while true {
      var entries: [2 of pollfd] = [
        pollfd(
          fd: descriptor, events: Int16(POLLIN | (pending.isEmpty ? 0 : POLLOUT)), revents: 0),
        pollfd(
          fd: isInputOpen && pending.isEmpty ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
      ]
      var span = entries.mutableSpan
      let ready = unsafe span.withUnsafeMutableBufferPointer { unsafe poll($0.baseAddress, 2, -1) }
      guard ready > 0 else { continue }
      if entries[0].revents & Int16(POLLOUT) != 0 { send(&pending) }
      if entries[0].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 {
        guard let bytes = read() else { return false }
        if bytes.isEmpty { return true }
        guard Terminal.write(bytes, to: STDOUT_FILENO) else { return true }
      }
      if entries[1].revents != 0 {
        pending = Self.readInput()
        if pending.isEmpty { isInputOpen = false }
      }
      if !isInputOpen, pending.isEmpty { shutdown(descriptor, Int32(SHUT_WR)) }
    }
  }

  /// Writes what came with the node's answer; false when nobody reads it.
  private mutating func writeRest() -> Bool {
    hasRest ? Terminal.write(read() ?? [], to: STDOUT_FILENO) : true
  }

  private func send(_ bytes: inout ArraySlice<UInt8>) {
    let count = unsafe bytes.withUnsafeBytes { buffer in
      unsafe Glibc.send(
        descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
    if count > 0 {
      bytes.removeFirst(count)
    } else if errno != EAGAIN, errno != EINTR {
      // The node is gone: reading will tell.
      bytes = []
    }
  }

  private static func readInput() -> ArraySlice<UInt8> {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe buffer.withUnsafeMutableBytes { buffer in
      unsafe Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
    }
    return buffer[..<max(0, count)]
  }
}
