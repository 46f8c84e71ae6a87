// Says `unsafe`: it hands paths to the kernel.

import Glibc

/// The folder of this user's control sockets, which nobody else may look into.
enum RunFolder {
  /// The socket of a node's name.
  static func socket(of name: String) throws(Failure) -> String { try make() + "/\(name).sock" }

  /// Makes the folder if need be and returns its path: `$XDG_RUNTIME_DIR/martlet`, else
  /// `/run/user/UID/martlet`, else `/tmp/martlet-UID`.
  static func make() throws(Failure) -> String {
    let path = self.path
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw Failure(
        .cannotCreate,
        "\(path): cannot be made: \(Self.reason); set XDG_RUNTIME_DIR to a folder of your own")
    }
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      status.st_uid == geteuid()
    else {
      throw Failure(
        .cannotCreate,
        "\(path): not a folder of this user; remove it, or set XDG_RUNTIME_DIR to one of your own")
    }
    if status.st_mode & 0o077 != 0, unsafe chmod(path, 0o700) != 0 {
      throw Failure(.cannotCreate, "\(path): open to others: \(Self.reason)")
    }
    return path
  }

  /// The names of the nodes that have a socket there, running or not.
  static func names() -> [String] {
    guard let folder = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name.hasSuffix(".sock") { names.append(String(name.dropLast(5))) }
    }
    return names.sorted()
  }

  /// Removes a socket at its end.
  static func remove(_ path: String) { _ = unsafe unlink(path) }

  private static var path: String {
    if let folder = environment("XDG_RUNTIME_DIR"), folder.hasPrefix("/") {
      return folder + "/martlet"
    }
    let user = "/run/user/\(geteuid())"
    return unsafe access(user, W_OK) == 0 ? user + "/martlet" : "/tmp/martlet-\(geteuid())"
  }

  private static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }

  private static var reason: String { unsafe String(cString: strerror(errno)) }
}
