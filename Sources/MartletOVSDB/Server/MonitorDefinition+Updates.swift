extension MonitorDefinition {
  /// All rows there are, as the reply to the request has them.
  func initialUpdates(_ database: Database) -> JSONValue {
    var tables = JSONObject()
    for table in content.tables where table.select.contains(.initial) {
      let schema = database.schema.tables[table.place]
      var rows = JSONObject()
      for (uuid, row) in database.rows(of: schema.name) {
        if let update = update(table, schema, nil, row, isInitial: true) {
          rows.append(uuid.description, update)
        }
      }
      if !rows.members.isEmpty { tables.append(schema.name, .object(rows)) }
    }
    return .object(tables)
  }

  /// What changes mean for this monitor; `nil` for nothing.
  func updates(
    _ changes: [(place: RowPlace, change: RowChange)], _ schema: DatabaseSchema
  ) -> JSONValue? {
    var tables = JSONObject()
    for table in content.tables {
      let tableSchema = schema.tables[table.place]
      var rows = JSONObject()
      for (place, change) in changes where place.table == table.place {
        if let update = update(table, tableSchema, change.old, change.new) {
          rows.append(place.uuid.description, update)
        }
      }
      if !rows.members.isEmpty { tables.append(tableSchema.name, .object(rows)) }
    }
    return tables.members.isEmpty ? nil : .object(tables)
  }

  /// What another choice of rows means for a client that knows the rows of this one.
  func updates(changingTo other: MonitorDefinition, _ database: Database) -> JSONValue? {
    var tables = JSONObject()
    for (old, new) in zip(content.tables, other.content.tables)
    where old.condition != new.condition {
      let schema = database.schema.tables[old.place]
      var rows = JSONObject()
      for (uuid, row) in database.rows(of: schema.name) {
        let before = old.condition.holdsAny(for: row) ? row : nil
        let after = new.condition.holdsAny(for: row) ? row : nil
        guard (before == nil) != (after == nil) else { continue }
        if let update = formed(new, schema, before, after, isInitial: false) {
          rows.append(uuid.description, update)
        }
      }
      if !rows.members.isEmpty { tables.append(schema.name, .object(rows)) }
    }
    return tables.members.isEmpty ? nil : .object(tables)
  }

  private func update(
    _ table: Table, _ schema: TableSchema, _ old: Row?, _ new: Row?, isInitial: Bool = false
  ) -> JSONValue? {
    let visible = { (row: Row?) -> Row? in
      row.flatMap { table.condition.holdsAny(for: $0) ? $0 : nil }
    }
    return formed(table, schema, visible(old), visible(new), isInitial: isInitial)
  }

  private func formed(
    _ table: Table, _ schema: TableSchema, _ old: Row?, _ new: Row?, isInitial: Bool
  ) -> JSONValue? {
    let kind: Select =
      switch (old, new) {
      case (nil, nil): []
      case (nil, _): isInitial ? .initial : .insert
      case (_, nil): .delete
      default: .modify
      }
    guard !kind.isEmpty, table.select.contains(kind) else { return nil }
    let columns = table.columns.lazy.filter { $0.select.contains(kind) }.map(\.place)
    return content.form == .update
      ? Self.plain(columns, schema, old, new) : Self.difference(columns, schema, old, new, kind)
  }

  /// Old and new values (RFC 7047, section 4.1.6, `<row-update>`).
  private static func plain(
    _ columns: some Sequence<Int>, _ schema: TableSchema, _ old: Row?, _ new: Row?
  ) -> JSONValue? {
    guard let old else { return new.map { ["new": $0.json(columns, schema)] } }
    guard let new else { return ["old": old.json(columns, schema)] }
    let changed = columns.filter { old.fields[$0] != new.fields[$0] }
    guard !changed.isEmpty else { return nil }
    return ["old": old.json(changed, schema), "new": new.json(columns, schema)]
  }

  /// Differences (`<row-update2>`): of a new row what is not the default, of a changed one what leads
  /// from the old to the new.
  private static func difference(
    _ columns: some Sequence<Int>, _ schema: TableSchema, _ old: Row?, _ new: Row?, _ kind: Select
  ) -> JSONValue? {
    guard let new else { return ["delete": .null] }
    var row = JSONObject()
    for column in columns {
      let type = schema.columns[column].type
      let value: Datum
      if let old {
        guard old.fields[column] != new.fields[column] else { continue }
        value = old.fields[column].difference(to: new.fields[column], type)
      } else {
        guard new.fields[column] != schema.defaults[column] else { continue }
        value = new.fields[column]
      }
      row.append(schema.columns[column].name, value.json(type))
    }
    if old != nil, row.members.isEmpty { return nil }
    return [kind == .initial ? "initial" : kind == .insert ? "insert" : "modify": .object(row)]
  }
}
