internal import GRDB
public import MartletHub
internal import MartletWire

/// A named sequence.
public struct StoredSequence: Sendable {
  /// Its number.
  public let id: Int64
  /// What people call it.
  public let name: String
  /// Its steps.
  public let sequence: WateringSequence
}

/// When a sequence is run by itself.
public struct StoredSchedule: Sendable {
  /// Its number.
  public let id: Int64
  /// The device it waters with.
  public let device: String
  /// The sequence's number.
  public let sequence: Int64
  /// When.
  public let schedule: Schedule
  /// The last day that was decided.
  public let clock: ScheduleClock
}

/// A run that was, or is.
public struct StoredRun: Sendable {
  /// Its number.
  public let id: Int64
  /// Its device.
  public let device: String
  /// What it was called.
  public let name: String
  /// Its steps.
  public let text: String
  /// When it began, in seconds since 1970, UTC.
  public let began: Int64
  /// When it ended; `nil` while it has not.
  public let ended: Int64?
  /// How it ended.
  public let outcome: String?
  /// What of it must survive; `nil` when its text is no sequence.
  public let record: SequenceRun.Record?
}

/// Something that happened.
public struct StoredEvent: Sendable {
  /// When, in seconds since 1970, UTC.
  public let time: Int64
  /// To which device; empty for the hub itself.
  public let device: String
  /// What.
  public let text: String
}

/// A device that was connected once.
struct StoredDevice: Sendable {
  let id: String
  let name: String
  let label: String
  let address: DeviceAddress
  let isAdded: Bool
}

extension HubStore {
  // MARK: Runs

  /// Writes a run down before it begins; `nil` when its schedule has had its run of that day.
  func createRun(
    device: String, name: String, text: String, now: Int64, schedule: Int64? = nil, day: Int? = nil
  ) throws -> Int64? {
    try pool.write { database in
      try database.execute(
        sql: """
          INSERT OR IGNORE INTO run (device, name, text, began, schedule, day)
          VALUES (?, ?, ?, ?, ?, ?)
          """, arguments: [device, name, text, now, schedule, day])
      return database.changesCount == 0 ? nil : database.lastInsertedRowID
    }
  }

  func save(run: Int64, _ record: SequenceRun.Record) throws {
    try pool.write { database in
      try database.execute(
        sql: "UPDATE run SET text = ?, part = ?, pausedLeft = ?, isEnding = ? WHERE id = ?",
        arguments: [
          record.sequence.text, record.part, record.pausedLeft, record.isEnding, run,
        ])
    }
  }

  func finish(run: Int64, outcome: String, now: Int64) throws {
    try pool.write { database in
      try database.execute(
        sql: "UPDATE run SET ended = ?, outcome = ? WHERE id = ? AND ended IS NULL",
        arguments: [now, outcome, run])
    }
  }

  /// The runs that had not ended when the hub did.
  func openRuns() throws -> [StoredRun] {
    try pool.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM run WHERE ended IS NULL ORDER BY id")
        .map(Self.run)
    }
  }

  /// The runs that began since an instant, newest first.
  public func runs(since: Int64, limit: Int = 500) throws -> [StoredRun] {
    try pool.read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM run WHERE began >= ? ORDER BY id DESC LIMIT ?",
        arguments: [since, limit]
      ).map(Self.run)
    }
  }

  private static func run(_ row: Row) -> StoredRun {
    let text: String = row["text"]
    let record = (try? WateringSequence(parsing: text)).map {
      SequenceRun.Record(
        sequence: $0, part: row["part"], pausedLeft: row["pausedLeft"], isEnding: row["isEnding"])
    }
    return StoredRun(
      id: row["id"], device: row["device"], name: row["name"], text: text, began: row["began"],
      ended: row["ended"], outcome: row["outcome"], record: record)
  }

  // MARK: Sequences and schedules

  /// All sequences, by name.
  public func sequences() throws -> [StoredSequence] {
    try pool.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM sequence ORDER BY name, id").compactMap {
        row in
        guard let sequence = try? WateringSequence(parsing: row["text"] as String) else {
          return nil
        }
        return StoredSequence(id: row["id"], name: row["name"], sequence: sequence)
      }
    }
  }

  func save(sequence id: Int64?, name: String, _ sequence: WateringSequence) throws {
    try pool.write { database in
      if let id {
        try database.execute(
          sql: "UPDATE sequence SET name = ?, text = ? WHERE id = ?",
          arguments: [name, sequence.text, id])
      } else {
        try database.execute(
          sql: "INSERT INTO sequence (name, text) VALUES (?, ?)", arguments: [name, sequence.text])
      }
    }
  }

  /// Removes one of these, and what hangs on it.
  func remove(_ table: Table, _ id: Int64) throws {
    try pool.write { database in
      try database.execute(sql: "DELETE FROM \(table.rawValue) WHERE id = ?", arguments: [id])
    }
  }

  enum Table: String { case sequence, schedule, rule, notice }

  /// All schedules.
  public func schedules() throws -> [StoredSchedule] {
    try pool.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM schedule ORDER BY minute, id").map { row in
        var schedule = Schedule(
          .weekly(UInt8(truncatingIfNeeded: row["days"] as Int)), at: .minute(row["minute"]))
        schedule.isEnabled = row["isEnabled"]
        return StoredSchedule(
          id: row["id"], device: row["device"], sequence: row["sequence"], schedule: schedule,
          clock: ScheduleClock(decided: CivilDate(number: row["decided"])))
      }
    }
  }

  func addSchedule(
    device: String, sequence: Int64, days: UInt8, minute: Int, clock: ScheduleClock
  ) throws {
    try pool.write { database in
      try database.execute(
        sql: """
          INSERT INTO schedule (device, sequence, days, minute, isEnabled, decided)
          VALUES (?, ?, ?, ?, 1, ?)
          """, arguments: [device, sequence, Int(days), minute, clock.decided.number])
    }
  }

  func setSchedule(_ id: Int64, isEnabled: Bool, clock: ScheduleClock) throws {
    try pool.write { database in
      try database.execute(
        sql: "UPDATE schedule SET isEnabled = ?, decided = ? WHERE id = ?",
        arguments: [isEnabled, clock.decided.number, id])
    }
  }

  func decide(schedule id: Int64, _ clock: ScheduleClock) throws {
    try pool.write { database in
      try database.execute(
        sql: "UPDATE schedule SET decided = ? WHERE id = ?", arguments: [clock.decided.number, id])
    }
  }

  // MARK: Devices and events

  func save(device: StoredDevice) throws {
    try pool.write { database in
      try database.execute(
        sql: """
          INSERT INTO device (id, name, address, port, isAdded) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET name = excluded.name, address = excluded.address,
            port = excluded.port
          """,
        arguments: [
          device.id, device.name, "\(device.address.address)", Int(device.address.port),
          device.isAdded,
        ])
    }
  }

  func rename(device: String, _ label: String) throws {
    try pool.write { database in
      try database.execute(
        sql: "UPDATE device SET label = ? WHERE id = ?", arguments: [label, device])
    }
  }

  func devices() throws -> [StoredDevice] {
    try pool.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM device ORDER BY id").compactMap { row in
        guard let address = IPv4Address(row["address"] as String),
          let port = UInt16(exactly: row["port"] as Int)
        else { return nil }
        return StoredDevice(
          id: row["id"], name: row["name"], label: row["label"],
          address: DeviceAddress(address, port: port), isAdded: row["isAdded"])
      }
    }
  }

  /// Writes an event down. What is older than 400 days, or beyond 100,000, goes.
  func log(_ text: String, device: String, now: Int64) throws {
    try pool.write { database in
      try database.execute(
        sql: "INSERT INTO event (time, device, text) VALUES (?, ?, ?)",
        arguments: [now, device, text])
      let last = database.lastInsertedRowID
      if last % 1000 == 0 {
        try database.execute(
          sql: "DELETE FROM event WHERE time < ? OR id <= ?",
          arguments: [now - 400 * 86_400, last - 100_000])
      }
    }
  }

  /// The last events, newest first.
  public func events(limit: Int, device: String? = nil) throws -> [StoredEvent] {
    try pool.read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT * FROM event WHERE ?1 IS NULL OR device = ?1 ORDER BY id DESC LIMIT ?2",
        arguments: [device, limit]
      ).map { StoredEvent(time: $0["time"], device: $0["device"], text: $0["text"]) }
    }
  }

  // MARK: Settings and secrets

  /// A setting's value.
  public func setting(_ key: String) throws -> String? {
    try pool.read {
      try String.fetchOne($0, sql: "SELECT value FROM setting WHERE key = ?", arguments: [key])
    }
  }

  /// Keeps a setting.
  public func set(_ key: String, _ value: String) throws {
    try pool.write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", arguments: [key, value])
    }
  }

  /// Keeps the digest of a session or a token, never itself.
  func add(secret digest: [UInt8], kind: String, name: String, until: Int64) throws {
    try pool.write { database in
      try database.execute(
        sql: "INSERT INTO secret (digest, kind, name, until) VALUES (?, ?, ?, ?)",
        arguments: [digest.hex, kind, name, until])
    }
  }

  func has(secret digest: [UInt8], kind: String, now: Int64) throws -> Bool {
    try pool.read { database in
      try Bool.fetchOne(
        database,
        sql: "SELECT EXISTS (SELECT 1 FROM secret WHERE digest = ? AND kind = ? AND until > ?)",
        arguments: [digest.hex, kind, now]) ?? false
    }
  }

  func remove(secret digest: [UInt8]) throws {
    try pool.write { database in
      try database.execute(sql: "DELETE FROM secret WHERE digest = ?", arguments: [digest.hex])
    }
  }

  func removeSecrets(kind: String, name: String? = nil) throws {
    try pool.write { database in
      try database.execute(
        sql: "DELETE FROM secret WHERE kind = ?1 AND (?2 IS NULL OR name = ?2)",
        arguments: [kind, name])
    }
  }

  func secretNames(kind: String) throws -> [String] {
    try pool.read { database in
      try String.fetchAll(
        database, sql: "SELECT name FROM secret WHERE kind = ? ORDER BY name", arguments: [kind])
    }
  }
}

extension [UInt8] {
  /// The bytes in hexadecimal digits.
  var hex: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Reads hexadecimal digits; `nil` for anything else.
  init?(hex text: String) {
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { return nil }
    self = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
      else { return nil }
      append(byte)
    }
  }
}
