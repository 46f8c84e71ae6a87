// Says `unsafe`: it hands paths and bytes to the kernel.

import Glibc

/// A running node's control socket, as the commands use it: one request, and what follows.
///
/// Calls block: a command has nothing else to do.
struct ControlClient: ~Copyable {
  let descriptor: Int32
  /// What was read beyond the first line.
  private var rest: [UInt8] = []

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Asks the node called `name`, and returns when it has agreed; throws what it answered
  /// otherwise.
  static func ask(
    _ request: ControlRequest, of name: String, at path: String? = nil
  ) throws -> ControlClient {
    let path = try path ?? RunFolder.socket(of: name)
    let line = Array((request.line + "\n").utf8)
    guard line.count <= ControlRequest.lengthLimit else {
      throw Failure(.usage, "the request is longer than \(ControlRequest.lengthLimit) bytes")
    }
    var client = ControlClient(try connect(to: path, name: name))
    guard Terminal.write(line, to: client.descriptor), let answer = client.readLine() else {
      throw Failure(.unavailable, "the node '\(name)' went away before it answered")
    }
    let words = answer.split(separator: " ", maxSplits: 2).map(String.init)
    if words.first == "error", words.count == 3 {
      throw Failure(
        Int32(words[1]).flatMap(Failure.Status.init(rawValue:)) ?? .unavailable, words[2])
    }
    guard words.first == "ok" else {
      throw Failure(.unavailable, "\(path): answers, but not as a node does")
    }
    return client
  }

  deinit { Glibc.close(descriptor) }

  private static func connect(to path: String, name: String) throws -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard bytes.count < room else {
      throw Failure(.usage, "\(path): longer than the \(room - 1) bytes of a socket's path")
    }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe Glibc.connect(descriptor, address, length)
      }
    }
    guard result == 0 else {
      let code = errno
      Glibc.close(descriptor)
      throw refusal(code, path: path, name: name)
    }
    return descriptor
  }

  private static func refusal(_ code: Int32, path: String, name: String) -> Failure {
    guard code == ENOENT || code == ECONNREFUSED else {
      return Failure(
        code == EACCES ? .noPermission : .unavailable,
        "\(path): \(unsafe String(cString: strerror(code)))")
    }
    let others = RunFolder.names().filter { $0 != name }
    let advice =
      others.isEmpty
      ? "start one: martlet node, or martlet up"
      : "--node may be: \(others.joined(separator: ", "))"
    return Failure(.noInput, "no node called '\(name)' is running (\(path)); \(advice)")
  }

  /// Whether bytes wait that came with the first line.
  var hasRest: Bool { !rest.isEmpty }

  /// Reads more bytes, waiting for some; empty at the end, `nil` when the other side broke off.
  mutating func read() -> [UInt8]? {
    if !rest.isEmpty {
      defer { rest = [] }
      return rest
    }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { buffer in
        unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
      }
      if count >= 0 { return Array(buffer[..<count]) }
      if errno != EINTR { return nil }
    }
  }

  /// Reads a line and returns it without its end; `nil` at the end.
  mutating func readLine() -> String? {
    var line: [UInt8] = []
    while line.count < 1 << 20 {
      guard let bytes = read(), !bytes.isEmpty else { return nil }
      if let end = bytes.firstIndex(of: 10) {
        line += bytes[..<end]
        rest = Array(bytes[(end + 1)...])
        return String(decoding: line, as: UTF8.self)
      }
      line += bytes
    }
    return nil
  }

  /// Copies what comes to standard output until its end; false when the other side broke off.
  mutating func copyToOutput() -> Bool {
    while let bytes = read() {
      if bytes.isEmpty { return true }
      guard Terminal.write(bytes, to: STDOUT_FILENO) else { return true }
    }
    return false
  }
}
