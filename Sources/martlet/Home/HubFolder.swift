// Says `unsafe`: it hands paths to the kernel.

import Glibc

/// Where a hub keeps its state, and where running ones are found.
enum HubFolder {
  /// The socket of the hub of a state folder.
  static func socket(in folder: String) -> String { folder + "/hub.sock" }

  /// The state folders whose hub runs now, by name.
  static func running() throws(Failure) -> [String] {
    let base = try StateFolder.base()
    guard let folder = unsafe opendir(base) else { return [] }
    defer { unsafe closedir(folder) }
    var found: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      let path = base + "/" + name
      if !name.hasPrefix("."), unsafe access(socket(in: path), F_OK) == 0,
        StateFolder.isInUse(path)
      {
        found.append(path)
      }
    }
    return found.sorted()
  }
}
