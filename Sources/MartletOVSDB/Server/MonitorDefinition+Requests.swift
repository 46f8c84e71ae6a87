extension MonitorDefinition.Content {
  /// Reads the requests of a monitor (RFC 7047, section 4.1.5, and Open vSwitch's `where`).
  init(
    _ requests: JSONValue, database: Int, form: MonitorDefinition.Form, _ schema: DatabaseSchema
  ) throws(DatabaseError) {
    guard let members = requests.object else {
      throw .syntax("monitor-requests must be object", requests)
    }
    self.database = database
    self.form = form
    tables = []
    for (name, value) in members.members {
      guard let place = schema.place(of: name) else { throw .syntax("no table named \(name)") }
      let table = schema.tables[place]
      var columns: [MonitorDefinition.Column] = []
      var clauses: [JSONValue] = []
      var isConditional = true
      var select: MonitorDefinition.Select = []
      for part in value.array ?? [value] {
        let request = try Request(part, table, takesCondition: form != .update)
        select.formUnion(request.select)
        for column in request.columns {
          guard !columns.contains(where: { $0.place == column.place }) else {
            throw .syntax("column \(table.columns[column.place].name) is monitored twice", value)
          }
          columns.append(column)
        }
        if let part = request.clauses { clauses += part } else { isConditional = false }
      }
      var symbols = SymbolTable(generator: UUIDGenerator(seed: (0, 0)))
      let condition = try Condition(
        .array(isConditional ? clauses : []), table, symbols: &symbols)
      tables.append(
        MonitorDefinition.Table(
          place: place, columns: columns.sorted { $0.place < $1.place }, condition: condition,
          select: select))
    }
    tables.sort { $0.place < $1.place }
  }

  /// The same with other conditions, for `monitor_cond_change`.
  func changingConditions(
    _ requests: JSONValue, _ schema: DatabaseSchema
  ) throws(DatabaseError) -> Self {
    guard let members = requests.object else {
      throw .syntax("monitor-cond-change params must be object", requests)
    }
    var changed = self
    for (name, value) in members.members {
      guard let place = schema.place(of: name) else { throw .syntax("no table named \(name)") }
      guard let index = tables.firstIndex(where: { $0.place == place }) else {
        throw .syntax("no table named \(name) in monitor")
      }
      var clauses: [JSONValue] = []
      for part in value.array ?? [value] {
        guard let object = part.object, let list = object["where"]?.array else {
          throw .syntax("array of where clauses expected", part)
        }
        clauses += list
      }
      var symbols = SymbolTable(generator: UUIDGenerator(seed: (0, 0)))
      changed.tables[index].condition = try Condition(
        .array(clauses), schema.tables[place], symbols: &symbols)
    }
    return changed
  }
}

/// One of the requests for a table.
private struct Request {
  var columns: [MonitorDefinition.Column] = []
  var select = MonitorDefinition.Select.all
  /// `nil` when there is none: all rows.
  var clauses: [JSONValue]?

  init(_ json: JSONValue, _ table: TableSchema, takesCondition: Bool) throws(DatabaseError) {
    guard let object = json.object else {
      throw .syntax("Parsing table \(table.name) failed: Object expected.", json)
    }
    var names: [JSONValue]?
    for (key, value) in object.members {
      switch key {
      case "columns":
        guard let list = value.array else { throw .syntax("array of column names expected", value) }
        names = list
      case "select": select = try Self.select(value)
      case "where" where takesCondition:
        guard let list = value.array else {
          throw .syntax("array of where clauses expected", value)
        }
        clauses = list.isEmpty ? nil : list
      default:
        throw .syntax(
          "Parsing table \(table.name) failed: Member '\(key)' is present but not allowed here.",
          json)
      }
    }
    let places = try Transaction.columns(names, table)
    columns = places.compactMap { place in
      // Without a choice, all but the name, which is the key of every update.
      names == nil && place == TableSchema.uuidColumn
        ? nil : MonitorDefinition.Column(place: place, select: select)
    }
  }

  private static func select(_ json: JSONValue) throws(DatabaseError) -> MonitorDefinition.Select {
    guard let object = json.object else { throw .syntax("object expected", json) }
    var select = MonitorDefinition.Select.all
    let flags: [(String, MonitorDefinition.Select)] = [
      ("initial", .initial), ("insert", .insert), ("delete", .delete), ("modify", .modify),
    ]
    for (key, value) in object.members {
      guard let flag = flags.first(where: { $0.0 == key })?.1, let isWanted = value.boolean else {
        throw .syntax("\"select\" has initial, insert, delete and modify, true or false", json)
      }
      if !isWanted { select.remove(flag) }
    }
    return select
  }
}
