// Says `unsafe`: it hands bytes to the kernel.

internal import CMartletHost
internal import Glibc
public import MartletReadiness

/// Descriptors that one process gives to another over a unix socket, with a few words beside them.
public enum DescriptorPassing {
  /// The longest text that comes with a descriptor, in bytes.
  public static let textLimit = 1024

  /// Connects to the socket at `path` and hands a descriptor over; returns what the other side says
  /// to that, without the end of its line.
  ///
  /// Blocks until it has answered. Throws a `HostError` that names the path.
  public static func hand(
    _ descriptor: borrowing Descriptor, with text: String, to path: String
  ) throws(HostError) -> String {
    let number = HostCalls.unixSocket(SOCK_STREAM)
    guard number >= 0 else { throw UnixPath.error("socket", errno, path) }
    let socket = Descriptor(number)
    guard HostCalls.unixConnect(number, to: path) == 0 else {
      throw UnixPath.error("connect", errno, path)
    }
    _ = fcntl(socket.rawValue, F_SETFL, fcntl(socket.rawValue, F_GETFL) & ~O_NONBLOCK)
    let bytes = Array(text.utf8)
    let passed = descriptor.rawValue
    let sent = unsafe bytes.withUnsafeBytes { bytes in
      unsafe martlet_send_descriptor(number, bytes.baseAddress, bytes.count, passed)
    }
    guard sent == bytes.count else { throw UnixPath.error("sendmsg", errno, path) }
    var answer: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while answer.count < 1 << 16 {
      let count = unsafe recv(number, &piece, piece.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      answer += piece[..<count]
    }
    return String(decoding: answer.prefix { $0 != 10 }, as: UTF8.self)
  }

  /// Takes what came over a socket: `nil` when nothing has come yet, no descriptor when the other
  /// side sent none or is gone.
  package static func receive(from socket: Int32) -> (text: String, descriptor: Int32?)? {
    var bytes = [UInt8](repeating: 0, count: textLimit)
    var passed: Int32 = -1
    let count = unsafe bytes.withUnsafeMutableBytes { bytes in
      unsafe martlet_receive_descriptor(socket, bytes.baseAddress, bytes.count, &passed)
    }
    if count < 0, errno == EAGAIN { return nil }
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    return (text, passed < 0 ? nil : passed)
  }

  /// Says a short text, if there is room for it at once.
  package static func say(_ text: String, on socket: Int32) {
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes { bytes in
      unsafe send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    }
  }

  /// Ends both directions.
  package static func shutDown(_ socket: Int32) { _ = shutdown(socket, Int32(SHUT_RDWR)) }

  /// Moves the calling thread into the network namespace of the file at `path`, after the user
  /// namespace at `userPath`, if there is one.
  ///
  /// Throws a `HostError` that says what is missing.
  public static func enterNetwork(at path: String, user userPath: String?) throws(HostError) {
    let result =
      if let userPath {
        unsafe martlet_enter_network(path, userPath)
      } else {
        unsafe martlet_enter_network(path, nil)
      }
    guard result != 0 else { return }
    switch errno {
    case ENOENT:
      throw .notFound(path, advice: "name a running process, or a file such as /run/netns/NAME")
    case EPERM, EACCES:
      throw .missingPrivilege(
        "CAP_SYS_ADMIN there", subject: "namespace \(path)",
        instead: "be its user: the one who ran unshare or the container")
    default: throw .system(SystemError("setns", code: errno), subject: path)
    }
  }
}
