// This file says `unsafe` for the C string of an error.

internal import Glibc

/// Why a file was not hashed: the system's number for it.
public struct FileFailure: Error, Equatable, Sendable {
  /// The `errno`.
  public let code: Int32

  init(code: Int32) {
    self.code = code
  }

  /// Whether there is no such file.
  public var isMissing: Bool { code == ENOENT }

  /// Whether it is a directory.
  public var isDirectory: Bool { code == EISDIR }

  /// Whether descriptors have run out: it may be opened once another file is closed.
  var isForWantOfDescriptors: Bool { code == EMFILE || code == ENFILE }

  /// What the system says of it, "No such file or directory".
  public var reason: String {
    unsafe String(cString: strerror(code))
  }
}
