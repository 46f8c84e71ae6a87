// Says `unsafe`: it hands text to the kernel.

import Glibc

/// Standard output and standard error.
enum Terminal {
  /// Whether standard output is a terminal.
  static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

  /// The terminal's width in characters.
  static var width: Int {
    var size = winsize()
    let result = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
    return result == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  /// Writes a line to standard output at once, also into a pipe.
  static func say(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

  /// Writes text without an end of line to standard output.
  static func put(_ text: String) { write(text, to: STDOUT_FILENO) }

  /// Writes a line to standard error, after the program's name.
  static func complain(_ line: String) { write("martlet: \(line)\n", to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) {
    write(Array(text.utf8), to: descriptor)
  }

  /// Writes all bytes; false when the other side is gone.
  @discardableResult
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          descriptor, buffer.baseAddress?.advanced(by: offset), bytes.count - offset)
      }
      if count < 0 {
        guard errno == EINTR || errno == EAGAIN else { return false }
        if errno == EAGAIN { wait(for: descriptor, events: POLLOUT) }
        continue
      }
      offset += count
    }
    return true
  }

  private static func wait(for descriptor: Int32, events: Int32) {
    var entry = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
    _ = unsafe poll(&entry, 1, -1)
  }
}
