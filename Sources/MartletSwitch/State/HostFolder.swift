// Says `unsafe`: it hands paths and bytes to the kernel.

internal import Glibc
internal import MartletReadiness

/// A folder of the host's file system that one process at a time uses.
struct HostFolder: FolderCalls, Sendable {
  let path: String

  /// Makes the folder for this user alone, if it is not there.
  init(path: String) throws(StateError) {
    self.path = path
    if unsafe mkdir(path, 0o700) == 0 { return }
    let code = errno
    guard code == EEXIST else {
      throw StateError(path: path, call: "cannot be made", code: code)
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw StateError(path: path, problem: "is not a folder; choose another --dir")
    }
    guard status.st_uid == geteuid() else {
      throw StateError(path: path, problem: "belongs to another user; choose another --dir")
    }
    // What lies here decides over a network: nobody else may look or write.
    if status.st_mode & 0o077 != 0, unsafe chmod(path, 0o700) != 0 {
      throw StateError(path: path, call: "is open to others", code: errno)
    }
  }

  /// Locks the folder for as long as the descriptor lives.
  func lock() throws(StateError) -> Descriptor {
    let number = unsafe open(path(of: "lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard number >= 0 else {
      throw StateError(path: path(of: "lock"), call: "open", code: errno)
    }
    let descriptor = Descriptor(number)
    guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
      throw StateError(
        path: path,
        problem: "a switch is running here already; stop it, or choose another --dir")
    }
    return descriptor
  }

  func path(of name: String) -> String { "\(path)/\(name)" }

  func read(_ name: String) throws(StateError) -> [UInt8]? {
    let number = unsafe open(path(of: name), O_RDONLY | O_CLOEXEC)
    guard number >= 0 else {
      if errno == ENOENT { return nil }
      throw StateError(path: path(of: name), call: "open", code: errno)
    }
    let descriptor = Descriptor(number)
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe Glibc.read(descriptor.rawValue, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw StateError(path: path(of: name), call: "read", code: errno)
      }
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
      guard bytes.count <= 256 << 20 else {
        throw StateError(path: path(of: name), problem: "is longer than 256 MiB")
      }
    }
  }

  func write(_ bytes: [UInt8], to name: String) throws(StateError) {
    let number = unsafe open(
      path(of: name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else {
      throw StateError(path: path(of: name), call: "open", code: errno)
    }
    let descriptor = Descriptor(number)
    var offset = 0
    while offset < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          descriptor.rawValue, buffer.baseAddress?.advanced(by: offset), bytes.count - offset)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw StateError(path: path(of: name), call: "write", code: errno)
      }
      offset += count
    }
  }

  func synchronise(_ name: String) throws(StateError) {
    try synchronise(path: path(of: name), flags: O_RDONLY)
  }

  func synchroniseFolder() throws(StateError) {
    try synchronise(path: path, flags: O_RDONLY | O_DIRECTORY)
  }

  private func synchronise(path: String, flags: Int32) throws(StateError) {
    let number = unsafe open(path, flags | O_CLOEXEC)
    guard number >= 0 else { throw StateError(path: path, call: "open", code: errno) }
    let descriptor = Descriptor(number)
    guard fsync(descriptor.rawValue) == 0 else {
      throw StateError(path: path, call: "fsync", code: errno)
    }
  }

  func rename(_ name: String, to other: String) throws(StateError) {
    guard unsafe Glibc.rename(path(of: name), path(of: other)) == 0 else {
      throw StateError(path: path(of: other), call: "rename", code: errno)
    }
  }

  func remove(_ name: String) throws(StateError) {
    if unsafe unlink(path(of: name)) != 0, errno != ENOENT {
      throw StateError(path: path(of: name), call: "unlink", code: errno)
    }
  }
}
