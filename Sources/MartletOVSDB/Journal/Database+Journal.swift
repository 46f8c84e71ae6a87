extension Database {
  /// The record of a commit; `nil` when it touched nothing that is kept.
  func record(of commit: Commit, milliseconds: Int64?) -> JSONValue? {
    var tables: [JSONObject] = Array(repeating: JSONObject(), count: schema.tables.count)
    for (place, change) in commit.changes {
      let table = schema.tables[place.table]
      let key = place.uuid.description
      guard let new = change.new else {
        tables[place.table].append(key, .null)
        continue
      }
      var columns = JSONObject()
      for (column, columnSchema) in table.columns.enumerated()
      where column > TableSchema.versionColumn && !columnSchema.isEphemeral {
        let type = columnSchema.type
        let before = change.old?.fields[column] ?? table.defaults[column]
        guard new.fields[column] != before else { continue }
        let value =
          change.old == nil ? new.fields[column] : before.difference(to: new.fields[column], type)
        columns.append(columnSchema.name, value.json(type))
      }
      if change.old == nil || !columns.members.isEmpty {
        tables[place.table].append(key, .object(columns))
      }
    }
    var record = JSONObject()
    for (index, rows) in tables.enumerated() where !rows.members.isEmpty {
      record.append(schema.tables[index].name, .object(rows))
    }
    guard !record.members.isEmpty else { return nil }
    if !commit.comment.isEmpty { record.append("_comment", .string(commit.comment)) }
    if let milliseconds { record.append("_date", .integer(milliseconds)) }
    record.append("_is_diff", true)
    return .object(record)
  }

  /// One record with all rows, for a file written anew.
  func snapshot(milliseconds: Int64?) -> JSONValue {
    var record = JSONObject()
    for (index, table) in schema.tables.enumerated() where !tables[index].rows.isEmpty {
      var rows = JSONObject()
      rows.reserve(tables[index].rows.count)
      for (uuid, row) in tables[index].rows.sorted(by: { $0.key < $1.key }) {
        var columns = JSONObject()
        for (column, columnSchema) in table.columns.enumerated()
        where column > TableSchema.versionColumn && !columnSchema.isEphemeral
          && row.fields[column] != table.defaults[column]
        {
          columns.append(columnSchema.name, row.fields[column].json(columnSchema.type))
        }
        rows.append(uuid.description, .object(columns))
      }
      record.append(table.name, .object(rows))
    }
    record.append("_comment", "compacted")
    if let milliseconds { record.append("_date", .integer(milliseconds)) }
    return .object(record)
  }

  /// Does again what a record says. Tables and columns that the schema does not have are skipped: the
  /// file may come from another version.
  func replay(_ record: JSONValue) throws(DatabaseError) {
    guard let members = record.object else { throw .syntax("object expected", record) }
    let isDifference = members["_is_diff"]?.boolean ?? false
    var transaction = Transaction(self)
    defer { generator = transaction.symbols.generator }
    for (name, value) in members.members {
      guard let table = schema.place(of: name), let rows = value.object else { continue }
      for (text, value) in rows.members {
        guard let uuid = DatabaseUUID(text) else { throw .syntax("bad uuid", .string(text)) }
        try transaction.replay(
          value, RowPlace(table: table, uuid: uuid), isDifference: isDifference)
      }
    }
    _ = try transaction.commit()
  }
}

extension Transaction {
  fileprivate mutating func replay(
    _ value: JSONValue, _ place: RowPlace, isDifference: Bool
  ) throws(DatabaseError) {
    let schema = database.schema.tables[place.table]
    if value.isNull {
      set(place, nil)
      return
    }
    guard let columns = value.object else { throw .syntax("object expected", value) }
    let old = row(place)
    var new = old ?? Row(place.uuid, schema)
    for (name, value) in columns.members {
      guard let column = schema.place(of: name), column > TableSchema.versionColumn else {
        continue
      }
      let type = schema.columns[column].type
      if isDifference, old != nil, type.most > 1 {
        let difference = try Datum(value, type.relaxed(), symbols: &symbols)
        new.fields[column] = new.fields[column].applying(difference, type)
      } else {
        new.fields[column] = try Datum(value, type, symbols: &symbols)
      }
    }
    touch(&new)
    set(place, new)
  }
}
