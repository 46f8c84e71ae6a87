// Says `unsafe`: it hands paths and bytes to the kernel.

import Glibc

/// A control socket, as the commands use it: one request, and what follows.
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
    return try ask(
      request.line, at: path, of: "the node '\(name)'", limit: ControlRequest.lengthLimit
    ) { refusal($0, path: path, name: name) }
  }

  /// Asks what listens at a path, and returns when it has agreed; throws what it answered otherwise.
  ///
  /// - Parameters:
  ///   - line: The request, without its end.
  ///   - path: The socket.
  ///   - subject: What to call the other side to people.
  ///   - limit: The bytes that a request may have.
  ///   - seconds: How long the answer may take to begin; 0 is for ever.
  ///   - refusal: What a failed `connect` means.
  /// - Returns: The connection, behind the answer's first line.
  /// - Throws: A `Failure`: what `refusal` made of it, or what the other side answered.
  static func ask(
    _ line: String, at path: String, of subject: String, limit: Int, seconds: Int = 0,
    refusal: (Int32) -> Failure
  ) throws -> ControlClient {
    let line = Array((line + "\n").utf8)
    guard line.count <= limit else {
      throw Failure(.usage, "the request is longer than \(limit) bytes")
    }
    var client = ControlClient(try connect(to: path, refusal))
    setTimeout(seconds, on: client.descriptor)
    guard Terminal.write(line, to: client.descriptor), let answer = client.readLine() else {
      guard errno != EAGAIN else {
        throw Failure(.unavailable, "\(subject) has not answered in \(seconds) s: does it hang?")
      }
      throw Failure(.unavailable, "\(subject) went away before it answered")
    }
    setTimeout(0, on: client.descriptor)
    let words = answer.split(separator: " ", maxSplits: 2).map(String.init)
    if words.first == "error", words.count == 3 {
      throw Failure(
        Int32(words[1]).flatMap(Failure.Status.init(rawValue:)) ?? .unavailable, words[2])
    }
    guard words.first == "ok" else {
      throw Failure(.unavailable, "\(path): answers, but not as expected")
    }
    return client
  }

  deinit { Glibc.close(descriptor) }

  /// Lets reads fail with EAGAIN after so long.
  private static func setTimeout(_ seconds: Int, on descriptor: Int32) {
    errno = 0
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  private static func connect(
    to path: String, _ refusal: (Int32) -> Failure
  ) throws -> Int32 {
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
      throw refusal(code)
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
