import Glibc

/// Where a switch keeps its state and its control socket.
enum SwitchFolder {
  /// The longest request that its control socket takes, in bytes.
  static let requestLimit = 4 << 20

  /// `--dir` without a value: `/var/lib/martlet/switch` for root, else
  /// `$XDG_STATE_HOME/martlet/switch` or `~/.local/state/martlet/switch`.
  static var standard: String {
    if geteuid() == 0 { return "/var/lib/martlet/switch" }
    if let folder = environment("XDG_STATE_HOME"), folder.hasPrefix("/") {
      return folder + "/martlet/switch"
    }
    return (environment("HOME") ?? "/tmp") + "/.local/state/martlet/switch"
  }

  /// The control socket in a folder.
  static func socket(in directory: String) -> String { directory + "/control.sock" }

  /// Where descriptors are handed over.
  static func attachSocket(in directory: String) -> String { directory + "/attach.sock" }

  /// Makes the folders above one.
  static func makeParents(of directory: String) {
    var path = ""
    for part in directory.split(separator: "/").dropLast() {
      path += (path.isEmpty && !directory.hasPrefix("/") ? "" : "/") + part
      _ = unsafe mkdir(path, 0o755)
    }
  }

  private static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }
}
