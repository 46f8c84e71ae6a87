// Says `unsafe`: it hands paths to the kernel.

import Glibc

/// Where a house keeps what it must not lose: one folder a house that is up, for this user alone.
final class StateFolder: Sendable {
  /// The folder's path.
  let path: String
  /// Held for as long as the house is up: its lock ends with it.
  private let lock: Int32

  /// Makes the folder of a house if need be: `$XDG_STATE_HOME/martlet/NAME`, else
  /// `~/.local/state/martlet/NAME`, else one beside the control sockets. While another house has it,
  /// `NAME-2` is taken, and so on.
  init(of house: String) throws(Failure) {
    let name = String(
      house.unicodeScalars.map { scalar -> Character in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-": Character(scalar)
        default: "-"
        }
      }.prefix(60))
    let base = try Self.base()
    for number in 1...99 {
      let path = base + "/" + name + (number == 1 ? "" : "-\(number)")
      try Self.make(path)
      let lock = unsafe open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard lock >= 0 else {
        throw Failure(.cannotCreate, "\(path)/lock: cannot be made; set XDG_STATE_HOME")
      }
      if flock(lock, LOCK_EX | LOCK_NB) == 0 {
        self.path = path
        self.lock = lock
        return
      }
      close(lock)
    }
    throw Failure(.unavailable, "a hundred houses called '\(house)' are up; end some")
  }

  deinit { close(lock) }

  private static func base() throws(Failure) -> String {
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
