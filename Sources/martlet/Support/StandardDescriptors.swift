import Glibc

/// The descriptors of standard input, output and error.
enum StandardDescriptors {
  /// Fills those that are closed with something that cannot be used either. Else the next file that is
  /// opened gets the number, and is read as standard input or written as output.
  static func fill() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is the one that is missing.
      _ = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}
