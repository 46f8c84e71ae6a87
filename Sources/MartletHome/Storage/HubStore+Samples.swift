internal import GRDB

/// One thing that a device was found to be, until the next of its kind.
public struct StoredSample: Sendable {
  /// What is kept of devices.
  public enum Kind: String, CaseIterable, Sendable {
    /// Whether its node was connected: 0 or 1.
    case online
    /// Its inputs, as a mask.
    case inputs
    /// The open valves, as a mask.
    case valves
    /// Whether its beacon was here: 0 away, 1 unproved, 2 proved.
    case presence
  }

  /// When, in seconds since 1970, UTC.
  public let time: Int64
  /// The device.
  public let device: String
  /// What.
  public let kind: Kind
  /// How it was.
  public let value: Int
}

/// How devices stood over time. Only changes are kept.
extension HubStore {
  /// What is older goes, in days.
  static let sampleDays: Int64 = 400
  /// What is beyond this goes, the oldest first.
  static let sampleLimit: Int64 = 200_000

  /// Keeps a change; nothing when it is none.
  func keep(_ kind: StoredSample.Kind, _ value: Int, of device: String, now: Int64) throws {
    try pool.write { database in
      let last = try Int.fetchOne(
        database,
        sql: "SELECT value FROM sample WHERE device = ? AND kind = ? ORDER BY id DESC LIMIT 1",
        arguments: [device, kind.rawValue])
      guard last != value else { return }
      try database.execute(
        sql: "INSERT INTO sample (time, device, kind, value) VALUES (?, ?, ?, ?)",
        arguments: [now, device, kind.rawValue, value])
      let number = database.lastInsertedRowID
      if number % 1000 == 0 { try Self.prune(database, now: now, last: number) }
    }
  }

  /// Lets go of what is too old or too much; what held when the time begins is kept.
  static func prune(_ database: Database, now: Int64, last: Int64) throws {
    try database.execute(
      sql: """
        DELETE FROM sample WHERE (time < ? OR id <= ?) AND id NOT IN
          (SELECT MAX(id) FROM sample GROUP BY device, kind)
        """, arguments: [now - sampleDays * 86_400, last - sampleLimit])
  }

  /// The hub begins anew: what it did not see it does not know.
  func closeSamples(now: Int64) throws {
    let open = try pool.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT device, kind FROM sample WHERE id IN
            (SELECT MAX(id) FROM sample GROUP BY device, kind) AND kind = 'online' AND value = 1
          """)
    }
    for row in open { try keep(.online, 0, of: row["device"], now: now) }
  }

  /// What held at an instant and what changed since, the oldest first.
  public func samples(
    _ kind: StoredSample.Kind, since: Int64, limit: Int = 20_000
  ) throws -> [StoredSample] {
    try pool.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM sample WHERE kind = ?1 AND (time >= ?2 OR id IN
            (SELECT MAX(id) FROM sample WHERE kind = ?1 AND time < ?2 GROUP BY device))
          ORDER BY id LIMIT ?3
          """, arguments: [kind.rawValue, since, limit]
      ).map {
        StoredSample(time: $0["time"], device: $0["device"], kind: kind, value: $0["value"])
      }
    }
  }
}
