internal import GRDB

/// What a hub must not lose: SQLite in WAL mode, in one file.
///
/// Every call is whole or not at all, and on the disk when it returns.
public final class HubStore: Sendable {
  let pool: DatabasePool
  let seal: KeySeal

  /// Why a store cannot be used: what, and what to do.
  public struct Unusable: Error, CustomStringConvertible {
    /// One sentence for a person.
    public let description: String
  }

  /// Opens the store at a path, makes it if it is not there, brings it to the present form, and
  /// checks that it is whole.
  public init(path: String) throws {
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      // A run is on the disk, not on its way there, before its valve opens.
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    seal = try KeySeal(path: Self.keyPath(beside: path))
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
      try Self.migrator.migrate(pool)
    } catch {
      throw Unusable(
        description:
          "\(path): cannot be used as a hub's store (\(error)); move it away, or put a backup "
          + "in its place")
    }
    let verdict = try pool.read { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
    guard verdict == ["ok"] else {
      throw Unusable(
        description: "\(path): is damaged (\(verdict.first ?? "no verdict")); put a backup in its "
          + "place")
    }
  }

  /// The file of the key that seals secrets, in the store's folder.
  private static func keyPath(beside path: String) -> String {
    path.split(separator: "/", omittingEmptySubsequences: false).dropLast().map { "\($0)/" }
      .joined() + "hub.key"
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(
        sql: """
          CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
          CREATE TABLE device (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, label TEXT NOT NULL DEFAULT '',
            address TEXT NOT NULL, port INTEGER NOT NULL, isAdded INTEGER NOT NULL DEFAULT 0
          ) WITHOUT ROWID;
          CREATE TABLE sequence (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, text TEXT NOT NULL);
          CREATE TABLE run (
            id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, name TEXT NOT NULL,
            text TEXT NOT NULL, began INTEGER NOT NULL, ended INTEGER, outcome TEXT,
            part INTEGER NOT NULL DEFAULT 0, pausedLeft INTEGER,
            isEnding INTEGER NOT NULL DEFAULT 0, schedule INTEGER, day INTEGER,
            UNIQUE (schedule, day));
          CREATE INDEX runBegan ON run (began);
          CREATE TABLE schedule (
            id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL,
            sequence INTEGER NOT NULL REFERENCES sequence (id) ON DELETE CASCADE,
            days INTEGER NOT NULL, minute INTEGER NOT NULL, isEnabled INTEGER NOT NULL,
            decided INTEGER NOT NULL);
          CREATE TABLE event (
            id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, device TEXT NOT NULL,
            text TEXT NOT NULL);
          CREATE INDEX eventTime ON event (time);
          CREATE TABLE secret (
            digest BLOB PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, until INTEGER NOT NULL
          ) WITHOUT ROWID;
          """)
    }
    migrator.registerMigration("2") { database in
      try database.execute(
        sql: """
          CREATE TABLE pairing (
            device TEXT PRIMARY KEY, sealed TEXT NOT NULL, time INTEGER NOT NULL) WITHOUT ROWID;
          """)
    }
    migrator.registerMigration("3") { database in
      try database.execute(
        sql: """
          CREATE TABLE sample (
            id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, device TEXT NOT NULL,
            kind TEXT NOT NULL, value INTEGER NOT NULL);
          CREATE INDEX sampleKind ON sample (kind, device, id);
          CREATE INDEX sampleTime ON sample (time);
          """)
    }
    migrator.registerMigration("4") { database in
      try database.execute(
        sql: """
          CREATE TABLE rule (
            id INTEGER PRIMARY KEY AUTOINCREMENT, whenText TEXT NOT NULL, condition TEXT,
            thenText TEXT NOT NULL, message TEXT NOT NULL, isEnabled INTEGER NOT NULL,
            decided INTEGER NOT NULL, fired INTEGER, held INTEGER, reason TEXT);
          CREATE TABLE notice (
            id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, text TEXT NOT NULL);
          CREATE TABLE webhook (url TEXT PRIMARY KEY) WITHOUT ROWID;
          """)
    }
    return migrator
  }
}
