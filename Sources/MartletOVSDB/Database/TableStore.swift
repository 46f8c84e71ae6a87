/// The rows of a table and what finds them.
struct TableStore {
  private(set) var rows: [DatabaseUUID: Row] = [:]
  /// How many references a row has that keep it.
  private(set) var references: [DatabaseUUID: Int] = [:]
  /// Which rows refer to a row without keeping it.
  private(set) var weakReferrers: [DatabaseUUID: Set<RowPlace>] = [:]
  /// The row with certain values, an entry an index of the schema.
  private var indexes: [[[Datum]: DatabaseUUID]]

  init(_ schema: TableSchema) {
    indexes = Array(repeating: [:], count: schema.indexes.count)
  }

  /// The values of an index's columns.
  static func key(_ index: Int, of row: Row, _ schema: TableSchema) -> [Datum] {
    schema.indexes[index].map { row.fields[$0] }
  }

  /// The row whose values of an index's columns these are.
  func row(at index: Int, _ key: [Datum]) -> DatabaseUUID? { indexes[index][key] }

  /// Takes a row out of the indexes, before others may come with its values.
  mutating func removeFromIndexes(_ uuid: DatabaseUUID, _ schema: TableSchema) {
    guard let row = rows[uuid] else { return }
    for index in indexes.indices {
      let key = Self.key(index, of: row, schema)
      if indexes[index][key] == uuid { indexes[index][key] = nil }
    }
  }

  /// Sets a row, or removes it.
  mutating func set(_ uuid: DatabaseUUID, _ row: Row?, _ schema: TableSchema) {
    rows[uuid] = row
    guard let row else { return }
    for index in indexes.indices { indexes[index][Self.key(index, of: row, schema)] = uuid }
  }

  /// Counts references.
  mutating func adjust(_ uuid: DatabaseUUID, by delta: Int) {
    let count = references[uuid, default: 0] + delta
    references[uuid] = count == 0 ? nil : count
  }

  /// Notes that a row refers to one of this table, or no longer does.
  mutating func setWeakReferrer(_ referrer: RowPlace, of uuid: DatabaseUUID, isThere: Bool) {
    if isThere {
      weakReferrers[uuid, default: []].insert(referrer)
    } else {
      weakReferrers[uuid]?.remove(referrer)
      if weakReferrers[uuid]?.isEmpty == true { weakReferrers[uuid] = nil }
    }
  }
}
