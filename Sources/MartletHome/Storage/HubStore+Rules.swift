internal import GRDB
public import MartletHub

/// A rule, and what became of it.
public struct StoredRule: Sendable {
  /// Its number.
  public let id: Int64
  /// When, if, then.
  public let rule: Rule
  /// What people are told, for a rule that tells them.
  public let message: String
  /// Whether it is in force.
  public let isEnabled: Bool
  /// The last day on which its time of day was decided.
  public let decided: CivilDate
  /// When it was done last, in seconds since 1970, UTC; `nil` for never.
  public let fired: Int64?
  /// When its trigger came last and it was not done, and why; `nil` for never.
  public let held: (time: Int64, reason: String)?
}

/// Something that people are to know, until they have said that they do.
public struct StoredNotice: Sendable {
  /// Its number.
  public let id: Int64
  /// When, in seconds since 1970, UTC.
  public let time: Int64
  /// What.
  public let text: String
}

extension HubStore {
  // MARK: Rules

  /// All rules, in the order in which they were made.
  public func rules() throws -> [StoredRule] {
    try pool.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM rule ORDER BY id").compactMap { row in
        let condition = (row["condition"] as String?).flatMap { Rule.Condition($0) }
        guard let trigger = Rule.Trigger(row["whenText"] as String),
          let action = Rule.Action(row["thenText"] as String),
          condition != nil || row["condition"] as String? == nil
        else { return nil }
        let held: (Int64, String)? = (row["held"] as Int64?).map { ($0, row["reason"] ?? "") }
        return StoredRule(
          id: row["id"], rule: Rule(when: trigger, if: condition, then: action),
          message: row["message"], isEnabled: row["isEnabled"],
          decided: CivilDate(number: row["decided"]), fired: row["fired"], held: held)
      }
    }
  }

  func add(rule: Rule, message: String, decided: CivilDate) throws {
    try pool.write { database in
      try database.execute(
        sql: """
          INSERT INTO rule (whenText, condition, thenText, message, isEnabled, decided)
          VALUES (?, ?, ?, ?, 1, ?)
          """,
        arguments: [
          rule.trigger.text, rule.condition?.text, rule.action.text, message, decided.number,
        ])
    }
  }

  func setRule(_ id: Int64, isEnabled: Bool, decided: CivilDate) throws {
    try pool.write { database in
      try database.execute(
        sql: "UPDATE rule SET isEnabled = ?, decided = ? WHERE id = ?",
        arguments: [isEnabled, decided.number, id])
    }
  }

  func decide(rule id: Int64, _ date: CivilDate) throws {
    try pool.write { database in
      try database.execute(
        sql: "UPDATE rule SET decided = ? WHERE id = ?", arguments: [date.number, id])
    }
  }

  func note(rule id: Int64, firedAt time: Int64) throws {
    try pool.write { database in
      try database.execute(
        sql: "UPDATE rule SET fired = ? WHERE id = ?", arguments: [time, id])
    }
  }

  func note(rule id: Int64, heldAt time: Int64, _ reason: String) throws {
    try pool.write { database in
      try database.execute(
        sql: "UPDATE rule SET held = ?, reason = ? WHERE id = ?", arguments: [time, reason, id])
    }
  }

  // MARK: Notices and webhooks

  func add(notice text: String, now: Int64) throws {
    try pool.write { database in
      try database.execute(
        sql: "INSERT INTO notice (time, text) VALUES (?, ?)", arguments: [now, text])
      try database.execute(
        sql: "DELETE FROM notice WHERE id <= ?", arguments: [database.lastInsertedRowID - 50])
    }
  }

  /// What people have not yet said that they know, newest first.
  public func notices() throws -> [StoredNotice] {
    try pool.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM notice ORDER BY id DESC").map {
        StoredNotice(id: $0["id"], time: $0["time"], text: $0["text"])
      }
    }
  }

  /// The addresses that are told what people are told.
  public func webhooks() throws -> [String] {
    try pool.read { try String.fetchAll($0, sql: "SELECT url FROM webhook ORDER BY url") }
  }

  func add(webhook url: String) throws {
    try pool.write { database in
      try database.execute(
        sql: "INSERT OR IGNORE INTO webhook (url) VALUES (?)", arguments: [url])
    }
  }

  func remove(webhook url: String) throws {
    try pool.write { database in
      try database.execute(sql: "DELETE FROM webhook WHERE url = ?", arguments: [url])
    }
  }
}
