/// Changes over a database that are seen by the transaction's own operations, and by others when it
/// is committed; until then the database is untouched.
struct Transaction {
  let database: Database
  var symbols: SymbolTable
  /// What it did, by table.
  var changes: [[DatabaseUUID: RowChange]]
  var comments: [String] = []

  init(_ database: Database) {
    self.database = database
    symbols = SymbolTable(generator: database.generator)
    changes = Array(repeating: [:], count: database.schema.tables.count)
  }

  /// The row as the transaction sees it.
  func row(_ place: RowPlace) -> Row? {
    if let change = changes[place.table][place.uuid] { return change.new }
    return database.row(place)
  }

  /// Sets a row, or deletes it.
  mutating func set(_ place: RowPlace, _ row: Row?) {
    if changes[place.table][place.uuid] != nil {
      changes[place.table][place.uuid]?.new = row
    } else {
      changes[place.table][place.uuid] = RowChange(old: database.row(place), new: row)
    }
  }

  /// Gives a row a new version.
  mutating func touch(_ row: inout Row) {
    row.fields[TableSchema.versionColumn] = Datum(.uuid(symbols.generator.next()))
  }

  /// The rows of a table for which the condition holds, in the order of their names.
  func find(_ table: Int, _ condition: Condition) -> [(uuid: DatabaseUUID, row: Row)] {
    let schema = database.schema.tables[table]
    let equalities = condition.equalities
    let holds = { (row: Row) in condition.holds(for: row) }
    if let datum = equalities[TableSchema.uuidColumn], case .uuid(let uuid)? = datum.keys.first {
      guard let row = row(RowPlace(table: table, uuid: uuid)), holds(row) else { return [] }
      return [(uuid, row)]
    }
    var found: [(uuid: DatabaseUUID, row: Row)] = []
    for (uuid, change) in changes[table] {
      if let row = change.new, holds(row) { found.append((uuid, row)) }
    }
    let store = database.tables[table]
    let index = schema.indexes.indices.first { index in
      schema.indexes[index].allSatisfy { equalities[$0] != nil }
    }
    if let index {
      let key = schema.indexes[index].compactMap { equalities[$0] }
      if let uuid = store.row(at: index, key), changes[table][uuid] == nil,
        let row = store.rows[uuid], holds(row)
      {
        found.append((uuid, row))
      }
    } else {
      for (uuid, row) in store.rows where changes[table][uuid] == nil && holds(row) {
        found.append((uuid, row))
      }
    }
    return found.sorted { $0.uuid < $1.uuid }
  }
}
