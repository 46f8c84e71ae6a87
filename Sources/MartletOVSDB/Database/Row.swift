/// A row: a datum a column, `_uuid` and `_version` first.
public struct Row: Equatable, Sendable {
  /// Every column, in the order of the table's schema.
  public internal(set) var fields: [Datum]

  /// A new row with what the schema has for columns nobody gave a value.
  init(_ uuid: DatabaseUUID, _ table: TableSchema) {
    fields = table.defaults
    fields[TableSchema.uuidColumn] = Datum(.uuid(uuid))
  }

  /// Whether two have the same values, whatever their versions.
  func hasSameValues(as other: Row) -> Bool {
    fields.indices.allSatisfy {
      $0 == TableSchema.versionColumn || fields[$0] == other.fields[$0]
    }
  }

  /// Some columns as the protocol writes a row.
  func json(_ columns: some Sequence<Int>, _ table: TableSchema) -> JSONValue {
    var object = JSONObject()
    for column in columns {
      let schema = table.columns[column]
      object.append(schema.name, fields[column].json(schema.type))
    }
    return .object(object)
  }
}
