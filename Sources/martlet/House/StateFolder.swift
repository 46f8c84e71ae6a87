// Says `unsafe`: it hands paths to the kernel.

import Glibc

/// Where a house, a hub or a node keeps what it must not lose: a folder each, for this user alone.
final class StateFolder: Sendable {
  /// The folder's path.
  let path: String
  /// Held for as long as its owner runs: its lock ends with it.
  private let lock: Int32

  /// Makes the folder of a house if need be: `$XDG_STATE_HOME/martlet/NAME`, else
  /// `~/.local/state/martlet/NAME`, else one beside the control sockets. While another house has it,
  /// `NAME-2` is taken, and so on.
  init(of house: String) throws(Failure) {
    let base = try Self.place(of: house)
    for number in 1...99 {
      let path = base + (number == 1 ? "" : "-\(number)")
      if let lock = try Self.lock(path) {
        self.path = path
        self.lock = lock
        return
      }
    }
    throw Failure(.unavailable, "a hundred houses called '\(house)' are up; end some")
  }

  /// Makes a folder if need be, and has it alone: `subject` is who else may have it.
  init(at path: String, of subject: String) throws(Failure) {
    guard let lock = try Self.lock(path) else {
      throw Failure(.unavailable, "\(path): \(subject) that is running has it; end that one first")
    }
    self.path = path
    self.lock = lock
  }

  /// Where the state of something of this name lies.
  static func place(of name: String) throws(Failure) -> String {
    let name = String(
      name.unicodeScalars.map { scalar -> Character in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-": Character(scalar)
        default: "-"
        }
      }.prefix(60))
    return try base() + "/" + name
  }

  /// Makes a folder and locks it; `nil` when another process has.
  private static func lock(_ path: String) throws(Failure) -> Int32? {
    try make(path)
    let lock = unsafe open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else {
      throw Failure(.cannotCreate, "\(path)/lock: cannot be made; set XDG_STATE_HOME")
    }
    if flock(lock, LOCK_EX | LOCK_NB) == 0 { return lock }
    close(lock)
    return nil
  }

  deinit { close(lock) }

  /// Whether another process has a folder.
  static func isInUse(_ path: String) -> Bool {
    let lock = unsafe open(path + "/lock", O_RDWR | O_CLOEXEC)
    guard lock >= 0 else { return false }
    defer { close(lock) }
    return flock(lock, LOCK_EX | LOCK_NB) != 0
  }

  /// The folder of all that this user's programs keep.
  static func base() throws(Failure) -> String {
    if let folder = variable("XDG_STATE_HOME") {
      try make(folder)
      return try make(folder + "/martlet")
    }
    guard let home = variable("HOME") else { return try RunFolder.make() }
    try make(home + "/.local")
    try make(home + "/.local/state")
    return try make(home + "/.local/state/martlet")
  }

  @discardableResult
  private static func make(_ path: String) throws(Failure) -> String {
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw Failure(
        .cannotCreate,
        "\(path): cannot be made: \(unsafe String(cString: strerror(errno))); set XDG_STATE_HOME to a "
          + "folder of your own")
    }
    return path
  }

  private static func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.hasPrefix("/") ? text : nil
  }
}
