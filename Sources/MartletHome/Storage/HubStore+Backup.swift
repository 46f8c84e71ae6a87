// Says `unsafe`: it hands paths to the kernel.

internal import GRDB
internal import Glibc

/// Backups: one file that holds all, the key of secrets too, and that was proved to be restorable.
extension HubStore {
  /// What a store holds, to compare one with another: its tables with how many rows each has.
  public typealias Contents = [(table: String, rows: Int)]

  /// The setting by which a backup carries the key of secrets.
  private static let sealSetting = "backup.seal"

  /// Every table with its rows, and how many of its pairings can be opened.
  public func contents() throws -> Contents {
    let tables = [
      "device", "sequence", "schedule", "rule", "run", "event", "secret", "setting", "sample",
    ]
    var contents: Contents = try pool.read { database in
      try tables.map { table in
        let count = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM \(table)") ?? 0
        return (table, count)
      }
    }
    contents.append(("pairing", try pairingKeys().count))
    return contents
  }

  /// Looks at every page, index and reference of the store.
  ///
  /// - Throws: What is wrong with it first.
  public func check() throws {
    let verdict = try pool.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(1)") }
    let strays = try pool.read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check") }
    guard verdict == ["ok"], strays.isEmpty else {
      throw Unusable(
        description: "the store is damaged (\(verdict.first ?? "?"), \(strays.count) stray rows); "
          + "restore a backup")
    }
  }

  /// Copies the store into a new file that only this user may read, whole and consistent while the
  /// hub works, and restores it once, elsewhere, to see that it can be.
  ///
  /// - Returns: What the copy holds.
  public func backUp(to path: String) throws -> Contents {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(0o600))
    guard descriptor >= 0 else {
      throw Unusable(
        description: "\(path): cannot be made (\(unsafe String(cString: strerror(errno)))); a "
          + "backup never replaces a file")
    }
    close(descriptor)
    do {
      let copy = try DatabaseQueue(path: path)
      try pool.backup(to: copy)
      try copy.write { database in
        try database.execute(
          sql: "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)",
          arguments: [Self.sealSetting, seal.key.hex])
      }
      // One file: a copy of a store with a write-ahead log would get one beside it from every reader.
      try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
      try copy.close()
      return try Self.rehearse(path)
    } catch {
      _ = unsafe unlink(path)
      throw error
    }
  }

  /// Restores a backup into a folder that is thrown away, and looks at all of it.
  public static func rehearse(_ backup: String) throws -> Contents {
    var template = Array("\(folder(of: backup))/.rehearsal-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw Unusable(description: "\(folder(of: backup)): no folder for the rehearsal can be made")
    }
    let place = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { remove(place) }
    try restore(backup, into: place)
    let store = try HubStore(path: place + "/hub.sqlite")
    try store.check()
    let contents = try store.contents()
    let kept = try store.pool.read {
      try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM pairing") ?? 0
    }
    try store.pool.close()
    guard contents.last?.rows == kept else {
      throw Unusable(
        description: "\(backup): its pairing keys cannot be opened; make another backup")
    }
    return contents
  }

  /// Puts a backup's content and key into a folder whose hub does not run, in place of what is there.
  public static func restore(_ backup: String, into folder: String) throws {
    var configuration = Configuration()
    configuration.readonly = true
    let source: DatabaseQueue
    let key: String?
    do {
      source = try DatabaseQueue(path: backup, configuration: configuration)
      let verdict = try source.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(1)") }
      key = try source.read {
        try String.fetchOne(
          $0, sql: "SELECT value FROM setting WHERE key = ?", arguments: [sealSetting])
      }
      guard verdict == ["ok"] else { throw Unusable(description: verdict.first ?? "") }
    } catch {
      throw Unusable(description: "\(backup): is no whole backup of a hub; nothing was changed")
    }
    guard let seal = key.flatMap({ [UInt8](hex: $0) }).flatMap({ KeySeal(key: $0) }) else {
      throw Unusable(
        description: "\(backup): is a store, but no backup of one; nothing was changed")
    }
    let path = folder + "/hub.sqlite"
    let fresh = path + ".restored"
    for end in ["", "-wal", "-shm"] { _ = unsafe unlink(fresh + end) }
    let target = try DatabaseQueue(path: fresh)
    try source.backup(to: target)
    try target.write { database in
      try database.execute(sql: "DELETE FROM setting WHERE key = ?", arguments: [sealSetting])
    }
    try target.close()
    try seal.write(to: folder + "/hub.key")
    // The log of the old content must not be played into the new one.
    for end in ["-wal", "-shm"] { _ = unsafe unlink(path + end) }
    guard unsafe Glibc.rename(fresh, path) == 0, unsafe chmod(path, 0o600) == 0 else {
      throw Unusable(description: "\(path): cannot be replaced; the backup lies in \(fresh)")
    }
  }

  private static func folder(of path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    if parts.isEmpty { return "." }
    return parts == [""] ? "/" : parts.joined(separator: "/")
  }

  private static func remove(_ place: String) {
    for name in ["hub.sqlite", "hub.sqlite-wal", "hub.sqlite-shm", "hub.key"] {
      _ = unsafe unlink("\(place)/\(name)")
    }
    _ = unsafe rmdir(place)
  }
}
