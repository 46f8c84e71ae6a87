@testable import MartletOVSDB

/// A file in memory, which may be told to fail.
final class MemoryStorage: DatabaseStorage {
  var bytes: [UInt8]
  /// The bytes that would survive a crash.
  var synchronized = 0
  var synchronizations = 0
  var failsToAppend = false
  var failsToSynchronize = false
  var compactsAbove = Int.max

  init(_ schema: DatabaseSchema = .example) {
    bytes = JournalRecord.bytes(schema.json)
    synchronized = bytes.count
  }

  func append(_ record: JSONValue) throws(StorageError) {
    guard !failsToAppend else {
      throw .system("write", path: "memory", reason: "No space left on device")
    }
    bytes += JournalRecord.bytes(record)
  }

  func synchronize() throws(StorageError) {
    guard !failsToSynchronize else {
      throw .system("fdatasync", path: "memory", reason: "Input/output error")
    }
    synchronizations += 1
    synchronized = bytes.count
  }

  var wantsCompaction: Bool { bytes.count > compactsAbove }

  func replace(_ records: [JSONValue]) throws(StorageError) {
    bytes = records.flatMap { JournalRecord.bytes($0) }
    synchronized = bytes.count
  }
}

extension Database {
  /// Runs operations written as JSON; the results as JSON, UUIDs and all.
  @discardableResult
  func run(_ operations: JSONValue...) -> [JSONValue] {
    guard
      case .done(let results, _) = transact(
        operations[...], OperationContext(), write: { (_) throws(DatabaseError) in })
    else { return ["waits"] }
    return results
  }

  /// All rows of all tables, without versions.
  var content: JSONValue {
    var tables = JSONObject()
    for table in schema.tables {
      var rows = JSONObject()
      for (uuid, row) in keptRows(of: table) {
        rows.append(uuid.description, row)
      }
      tables.append(table.name, .object(rows))
    }
    return .object(tables)
  }

  private func keptRows(of table: TableSchema) -> [(DatabaseUUID, JSONValue)] {
    rows(of: table.name).map { entry in
      let kept = table.columns.indices.filter { $0 > 1 && !table.columns[$0].isEphemeral }
      return (entry.uuid, entry.row.json(kept, table))
    }
  }
}

extension JSONValue {
  /// The tag of an error among results.
  var errorTag: String? { object?["error"]?.string }
}
