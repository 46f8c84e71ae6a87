/// How an operation ended.
enum OperationResult {
  /// With this result.
  case done(JSONValue)
  /// A `wait` does not hold yet; how long it may wait in milliseconds, `nil` for ever.
  case mustWait(Int64?)
}

/// What a transaction may know of its surroundings.
struct OperationContext {
  /// Whether the session owns a lock.
  var ownsLock: (String) -> Bool = { _ in false }
  /// How long the transaction has waited, in milliseconds.
  var waited: Int64 = 0
}

extension Transaction {
  /// Runs one operation (RFC 7047, section 5.2).
  mutating func execute(
    _ json: JSONValue, _ context: OperationContext
  ) throws(DatabaseError) -> OperationResult {
    let operation = try Operation(json)
    switch operation.name {
    case "insert": return .done(try insert(operation))
    case "select": return .done(try select(operation))
    case "update": return .done(try update(operation))
    case "mutate": return .done(try mutate(operation))
    case "delete": return .done(try delete(operation))
    case "wait": return try wait(operation, context)
    case "commit":
      // Every commit is durable: the reply comes when it is on the disk.
      _ = try operation.optional("durable", \.boolean)
      try operation.finish()
      return .done([:])
    case "abort":
      try operation.finish()
      throw DatabaseError("aborted", "aborted by request")
    case "comment":
      comments.append(try operation.required("comment", \.string))
      try operation.finish()
      return .done([:])
    case "assert":
      let lock = try operation.required("lock", \.string)
      try operation.finish()
      guard context.ownsLock(lock) else {
        throw DatabaseError("not owner", "Asserted lock \(lock) not held.")
      }
      return .done([:])
    default: throw .syntax("No operation \"\(operation.name)\"", json)
    }
  }

  private func table(_ operation: Operation) throws(DatabaseError) -> Int {
    let name = try operation.required("table", \.string)
    guard let table = database.schema.place(of: name) else {
      throw .syntax("No table named \(name).", operation.json)
    }
    return table
  }

  /// Names of columns; `nil` stands for all.
  static func columns(
    _ names: [JSONValue]?, _ table: TableSchema
  ) throws(DatabaseError) -> [Int] {
    guard let names else { return Array(table.columns.indices) }
    var columns: [Int] = []
    for name in names {
      guard let text = name.string else {
        throw .syntax("array of distinct column names expected", .array(names))
      }
      guard let column = table.place(of: text) else {
        throw .syntax("\(text) is not a valid column name", .array(names))
      }
      guard !columns.contains(column) else {
        throw .syntax("array of distinct column names expected", .array(names))
      }
      columns.append(column)
    }
    return columns
  }

  /// The columns and values of a row.
  private mutating func fields(
    _ object: JSONObject, _ table: TableSchema
  ) throws(DatabaseError) -> [(column: Int, datum: Datum)] {
    var fields: [(column: Int, datum: Datum)] = []
    fields.reserveCapacity(object.members.count)
    for (name, value) in object.members {
      guard let column = table.place(of: name) else {
        throw .unknownColumn(name, table.name, .object(object))
      }
      fields.append((column, try Datum(value, table.columns[column].type, symbols: &symbols)))
    }
    return fields
  }

  private mutating func insert(_ operation: Operation) throws(DatabaseError) -> JSONValue {
    let table = try table(operation)
    let schema = database.schema.tables[table]
    let chosenText = try operation.optional("uuid", \.string)
    let name = try operation.optional("uuid-name", \.string)
    let object = try operation.required("row", \.object)
    try operation.finish()
    var chosen: DatabaseUUID?
    if let chosenText {
      guard let uuid = DatabaseUUID(chosenText) else {
        throw .syntax("bad uuid", .string(chosenText))
      }
      let place = RowPlace(table: table, uuid: uuid)
      guard changes[table][uuid] == nil, database.row(place) == nil else {
        throw DatabaseError(
          "duplicate uuid",
          "This UUID would duplicate a UUID already present within the table or deleted within "
            + "the same transaction.", syntax: .string(chosenText))
      }
      chosen = uuid
    }
    let uuid: DatabaseUUID
    if let name {
      guard let named = symbols.insert(name, as: chosen) else {
        throw DatabaseError(
          "duplicate uuid-name", "This \"uuid-name\" appeared on an earlier \"insert\" operation.",
          syntax: .string(name))
      }
      uuid = named
    } else {
      uuid = chosen ?? symbols.generator.next()
    }
    var row = Row(uuid, schema)
    var isGiven = Array(repeating: false, count: schema.columns.count)
    for (column, datum) in try fields(object, schema) where column > TableSchema.versionColumn {
      row.fields[column] = datum
      isGiven[column] = true
    }
    // What the schema gives by default may be what it forbids.
    for (column, columnSchema) in schema.columns.enumerated()
    where !isGiven[column] && columnSchema.type.least > 0 && column > TableSchema.versionColumn {
      if let key = row.fields[column].keys.first { try columnSchema.type.key.check(key) }
    }
    touch(&row)
    set(RowPlace(table: table, uuid: uuid), row)
    return ["uuid": Atom.uuid(uuid).json]
  }

  private mutating func select(_ operation: Operation) throws(DatabaseError) -> JSONValue {
    let table = try table(operation)
    let schema = database.schema.tables[table]
    let condition = try Condition(
      .array(try operation.required("where", \.array)), schema, symbols: &symbols)
    let columns = try Self.columns(try operation.optional("columns", \.array), schema)
    try operation.finish()
    var seen: Set<[Datum]> = []
    var rows: [JSONValue] = []
    let isDistinct = columns.contains(TableSchema.uuidColumn)
    for (_, row) in find(table, condition) {
      // Rows that are the same in these columns are one.
      guard isDistinct || seen.insert(columns.map { row.fields[$0] }).inserted else { continue }
      rows.append(row.json(columns, schema))
    }
    return ["rows": .array(rows)]
  }

  private mutating func update(_ operation: Operation) throws(DatabaseError) -> JSONValue {
    let table = try table(operation)
    let schema = database.schema.tables[table]
    let clauses = try operation.required("where", \.array)
    let object = try operation.required("row", \.object)
    try operation.finish()
    let fields = try fields(object, schema)
    for (column, _) in fields where !schema.columns[column].isMutable {
      throw DatabaseError(
        "constraint violation",
        "Cannot update immutable column \(schema.columns[column].name) in table \(schema.name).",
        syntax: operation.json)
    }
    let condition = try Condition(.array(clauses), schema, symbols: &symbols)
    let found = find(table, condition)
    for (uuid, row) in found {
      var row = row
      for (column, datum) in fields { row.fields[column] = datum }
      touch(&row)
      set(RowPlace(table: table, uuid: uuid), row)
    }
    return ["count": .integer(Int64(found.count))]
  }

  private mutating func mutate(_ operation: Operation) throws(DatabaseError) -> JSONValue {
    let table = try table(operation)
    let schema = database.schema.tables[table]
    let clauses = try operation.required("where", \.array)
    let list = try operation.required("mutations", \.array)
    try operation.finish()
    var mutations: [Mutation] = []
    for json in list { mutations.append(try Mutation(json, schema, symbols: &symbols)) }
    let condition = try Condition(.array(clauses), schema, symbols: &symbols)
    let found = find(table, condition)
    for (uuid, row) in found {
      var row = row
      for mutation in mutations { try mutation.apply(to: &row, schema) }
      touch(&row)
      set(RowPlace(table: table, uuid: uuid), row)
    }
    return ["count": .integer(Int64(found.count))]
  }

  private mutating func delete(_ operation: Operation) throws(DatabaseError) -> JSONValue {
    let table = try table(operation)
    let schema = database.schema.tables[table]
    let condition = try Condition(
      .array(try operation.required("where", \.array)), schema, symbols: &symbols)
    try operation.finish()
    let found = find(table, condition)
    for (uuid, _) in found { set(RowPlace(table: table, uuid: uuid), nil) }
    return ["count": .integer(Int64(found.count))]
  }

  private mutating func wait(
    _ operation: Operation, _ context: OperationContext
  ) throws(DatabaseError) -> OperationResult {
    let table = try table(operation)
    let schema = database.schema.tables[table]
    let timeout = try operation.optional("timeout", \.integer)
    let condition = try Condition(
      .array(try operation.required("where", \.array)), schema, symbols: &symbols)
    let columns = try Self.columns(try operation.optional("columns", \.array), schema)
    let until = try operation.required("until", \.string)
    let rows = try operation.required("rows", \.array)
    try operation.finish()
    guard until == "==" || until == "!=" else {
      throw .syntax("\"until\" must be \"==\" or \"!=\"", operation.json)
    }
    if let timeout, timeout < 0 { throw .syntax("\"timeout\" must be nonnegative", operation.json) }
    var wanted: Set<[Datum]> = []
    for json in rows {
      guard let object = json.object else { throw .syntax("object expected", json) }
      var row = Row(.zero, schema)
      for (name, value) in object.members {
        guard let column = schema.place(of: name) else {
          throw .unknownColumn(name, schema.name, json)
        }
        row.fields[column] = try Datum(value, schema.columns[column].type, symbols: &symbols)
      }
      wanted.insert(columns.map { row.fields[$0] })
    }
    let found = Set(find(table, condition).map { match in columns.map { match.row.fields[$0] } })
    if (found == wanted) == (until == "==") { return .done([:]) }
    if let timeout, context.waited >= timeout {
      throw DatabaseError(
        "timed out",
        timeout == 0
          ? "\"where\" clause test failed" : "\"wait\" timed out after \(context.waited) ms")
    }
    return .mustWait(timeout)
  }
}
