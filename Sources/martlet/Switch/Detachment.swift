// Says `unsafe`: it hands paths and pipes to the kernel.

import Glibc

/// Going on in the background: the command started returns when its work is ready, or has failed.
///
/// The program starts itself anew instead of forking: threads do not survive a fork.
struct Detachment {
  private static let variable = "MARTLET_DETACHED"
  private let pipe: Int32

  /// In the command as it was started this does not return: it starts the same again in a session
  /// of its own, and ends with it once it is ready. In that second one it returns.
  static func begin() throws -> Detachment {
    if let value = unsafe getenv(variable), let pipe = unsafe Int32(String(cString: value)) {
      unsafe unsetenv(variable)
      setsid()
      return Detachment(pipe: pipe)
    }
    var ends: [Int32] = [-1, -1]
    guard unsafe Glibc.pipe(&ends) == 0 else {
      throw Failure(.system, "no descriptor is left for a pipe")
    }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    unsafe setenv(variable, "\(ends[1])", 1)
    let child = try start()
    Glibc.close(ends[1])
    var byte: UInt8 = 0
    if unsafe read(ends[0], &byte, 1) == 1 { exit(0) }
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    exit(status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F))
  }

  private static func start() throws -> pid_t {
    let words = CommandLine.arguments
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var child: pid_t = 0
    let result = unsafe posix_spawn(&child, "/proc/self/exe", nil, nil, &arguments, environ)
    guard result == 0 else { throw Failure(.system, "the program cannot start itself") }
    return child
  }

  /// Lets the command that was started return, and its terminal go.
  func ready() {
    var byte: UInt8 = 1
    _ = unsafe Glibc.write(pipe, &byte, 1)
    Glibc.close(pipe)
    let null = unsafe open("/dev/null", O_RDWR)
    guard null >= 0 else { return }
    _ = dup2(null, STDIN_FILENO)
    for number in [STDOUT_FILENO, STDERR_FILENO] where !Self.isLog(number) {
      _ = dup2(null, number)
    }
    Glibc.close(null)
  }

  /// Whether output goes to a file, which goes on to be of use.
  private static func isLog(_ descriptor: Int32) -> Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Lets all output go to the end of a file.
  static func redirect(to path: String) throws {
    let number = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
    guard number >= 0 else { throw failure(path) }
    _ = dup2(number, STDOUT_FILENO)
    _ = dup2(number, STDERR_FILENO)
    Glibc.close(number)
  }

  /// Makes a small file what `text` says.
  static func write(_ text: String, to path: String) throws {
    let number = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard number >= 0 else { throw failure(path) }
    Terminal.write(Array(text.utf8), to: number)
    Glibc.close(number)
  }

  private static func failure(_ path: String) -> Failure {
    Failure(.cannotCreate, "\(path): \(unsafe String(cString: strerror(errno)))")
  }
}
