// Says `unsafe` where system calls take pointers to values of this module's own.

internal import CMartletHost
internal import Glibc

/// The few things that are asked of the kernel.
enum Kernel {
  static let notASocket = ENOTSOCK
  static let badDescriptor = EBADF

  /// Whether a number is an open descriptor.
  static func isOpen(_ number: Int32) -> Bool { fcntl(number, F_GETFD) >= 0 }

  /// What `ioctl` calls these: macros that Swift does not import.
  static let fionread: UInt = 0x541B
  static let fionbio: UInt = 0x5421
  static let tiocoutq: UInt = 0x5411

  /// A command of `fcntl` that concerns the number itself.
  static func passOn(
    _ command: Int32, _ value: Int32, of number: Int32
  ) throws(SocketError) -> Int32 {
    let result = fcntl(number, command, value)
    guard result >= 0 else { throw SocketError(errno) }
    return result
  }

  /// Reserves one number more as another is reserved.
  static func duplicate(
    _ number: Int32, to target: Int32, _ flags: Int32
  ) throws(SocketError) {
    guard dup2(number, target) >= 0 else { throw SocketError(errno) }
    if flags & O_CLOEXEC != 0 { _ = fcntl(target, F_SETFD, FD_CLOEXEC) }
  }

  /// Tells the calling thread, as Linux does, that it writes to nobody.
  static func raiseBrokenPipe() { _ = pthread_kill(pthread_self(), SIGPIPE) }

  /// The descriptor that tells of changes: readable while its count is above zero.
  static func makeCounter() -> Int32 {
    // EFD_CLOEXEC and EFD_NONBLOCK are these two on Linux.
    eventfd(0, O_CLOEXEC | O_NONBLOCK)
  }

  /// Makes it readable.
  static func count(on descriptor: Int32) {
    var one: UInt64 = 1
    _ = unsafe write(descriptor, &one, 8)
  }
}
