extension DatabaseSchema {
  /// As `get_schema` gives it.
  public var json: JSONValue {
    var members: [(String, JSONValue)] = [("name", .string(name)), ("version", .string(version))]
    if let checksum { members.append(("cksum", .string(checksum))) }
    members.append(
      ("tables", .object(JSONObject(tables.map { ($0.name, $0.json(marksRoot: marksRoots)) }))))
    return .object(JSONObject(members))
  }

  /// Reads a schema.
  ///
  /// - Throws: `syntax error`, with the part that is wrong.
  public init(json: JSONValue) throws(DatabaseError) {
    guard let object = json.object, let name = object["name"]?.string,
      let version = object["version"]?.string, let members = object["tables"]?.object
    else { throw .syntax("a schema has a name, a version and tables", json) }
    var tables: [TableSchema] = []
    for (name, value) in members.members {
      tables.append(try TableSchema(name, json: value))
    }
    self.init(
      name: name, version: version, checksum: object["cksum"]?.string, tables: tables)
    for table in self.tables {
      for column in table.columns {
        for base in [column.type.key, column.type.value] {
          if let other = base?.referencedTable, place(of: other) == nil {
            throw .syntax("column \(column.name) refers to table \(other), which is none", json)
          }
        }
      }
    }
  }
}

extension TableSchema {
  func json(marksRoot: Bool) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("columns", .object(JSONObject(ownColumns.map { ($0.name, $0.json) })))
    ]
    if isRoot, marksRoot { members.append(("isRoot", true)) }
    if maximumRows != .max { members.append(("maxRows", .integer(Int64(maximumRows)))) }
    if !indexes.isEmpty {
      members.append(
        (
          "indexes",
          .array(indexes.map { .array($0.map { .string(columns[$0].name) }) })
        ))
    }
    return .object(JSONObject(members))
  }

  init(_ name: String, json: JSONValue) throws(DatabaseError) {
    guard let object = json.object, let members = object["columns"]?.object else {
      throw .syntax("table \(name) has no columns", json)
    }
    var columns: [ColumnSchema] = []
    for (column, value) in members.members {
      guard let parts = value.object, let type = parts["type"] else {
        throw .syntax("column \(column) has no type", value)
      }
      columns.append(
        ColumnSchema(
          column, try ColumnType(json: type), isEphemeral: parts["ephemeral"]?.boolean ?? false,
          isMutable: parts["mutable"]?.boolean ?? true))
    }
    let indexes = (object["indexes"]?.array ?? []).map { ($0.array ?? []).compactMap(\.string) }
    self.init(
      name, columns: columns, isRoot: object["isRoot"]?.boolean ?? false,
      maximumRows: object["maxRows"]?.integer.map { Int($0) } ?? .max, indexes: indexes)
  }
}

extension ColumnSchema {
  var json: JSONValue {
    var members: [(String, JSONValue)] = [("type", type.json)]
    if isEphemeral { members.append(("ephemeral", true)) }
    if !isMutable { members.append(("mutable", false)) }
    return .object(JSONObject(members))
  }
}

extension ColumnType {
  var json: JSONValue {
    if isScalar, key.constraint == .none { return .string(key.type.rawValue) }
    var members: [(String, JSONValue)] = [("key", key.json)]
    if let value { members.append(("value", value.json)) }
    if least != 1 { members.append(("min", .integer(Int64(least)))) }
    if most != 1 { members.append(("max", most == .max ? "unlimited" : .integer(Int64(most)))) }
    return .object(JSONObject(members))
  }

  init(json: JSONValue) throws(DatabaseError) {
    guard let object = json.object else {
      self.init(key: try BaseType(json: json))
      return
    }
    guard let key = object["key"] else { throw .syntax("a type has a key", json) }
    let value: BaseType? = if let value = object["value"] { try BaseType(json: value) } else { nil }
    let most: Int =
      if object["max"]?.string == "unlimited" { .max } else {
        Int(object["max"]?.integer ?? 1)
      }
    let least = Int(object["min"]?.integer ?? 1)
    guard 0...1 ~= least, most >= 1 else { throw .syntax("min is 0 or 1, and max 1 or more", json) }
    self.init(key: try BaseType(json: key), value: value, least: least, most: most)
  }
}

extension BaseType {
  var json: JSONValue {
    var members: [(String, JSONValue)] = [("type", .string(type.rawValue))]
    switch constraint {
    case .none: return .string(type.rawValue)
    case .oneOf(let atoms):
      members.append(
        ("enum", .array([.string("set"), .array(atoms.map(\.json))])))
    case .integers(let least, let most):
      if let least { members.append(("minInteger", .integer(least))) }
      if let most { members.append(("maxInteger", .integer(most))) }
    case .reals(let least, let most):
      if let least { members.append(("minReal", Atom.real(least).json)) }
      if let most { members.append(("maxReal", Atom.real(most).json)) }
    case .length(let least, let most):
      if let least { members.append(("minLength", .integer(least))) }
      if let most { members.append(("maxLength", .integer(most))) }
    case .reference(let table, let isWeak):
      members.append(("refTable", .string(table)))
      if isWeak { members.append(("refType", "weak")) }
    }
    return .object(JSONObject(members))
  }

  init(json: JSONValue) throws(DatabaseError) {
    guard let name = json.string ?? json.object?["type"]?.string,
      let type = AtomType(rawValue: name)
    else { throw .syntax("expected a type", json) }
    guard let object = json.object else {
      self.init(type)
      return
    }
    let real = { (name: String) -> Double? in
      switch object[name] {
      case .integer(let number): Double(number)
      case .real(let number): number
      default: nil
      }
    }
    if let allowed = object["enum"] {
      var symbols = SymbolTable(generator: UUIDGenerator(seed: (0, 0)))
      let datum = try Datum(
        allowed, ColumnType(key: BaseType(type), least: 0, most: .max), symbols: &symbols)
      self.init(type, .oneOf(datum.keys))
    } else if let table = object["refTable"]?.string {
      self.init(type, .reference(table: table, isWeak: object["refType"]?.string == "weak"))
    } else if object["minInteger"] != nil || object["maxInteger"] != nil {
      self.init(
        type, .integers(object["minInteger"]?.integer, object["maxInteger"]?.integer))
    } else if object["minReal"] != nil || object["maxReal"] != nil {
      self.init(type, .reals(real("minReal"), real("maxReal")))
    } else if object["minLength"] != nil || object["maxLength"] != nil {
      self.init(type, .length(object["minLength"]?.integer, object["maxLength"]?.integer))
    } else {
      self.init(type)
    }
  }
}
