/// Which rows an operation or a monitor is about (RFC 7047, section 5.1, `<condition>`).
struct Condition: Hashable, Sendable {
  /// How a column is compared.
  enum Function: String, Sendable {
    case less = "<"
    case lessOrEqual = "<="
    case equal = "=="
    case notEqual = "!="
    case greaterOrEqual = ">="
    case greater = ">"
    case includes, excludes
  }

  /// One of its parts.
  enum Clause: Hashable, Sendable {
    /// true or false, an extension of Open vSwitch.
    case constant(Bool)
    case comparison(column: Int, Function, Datum)
  }

  let clauses: [Clause]

  /// Reads the clauses for a table.
  init(
    _ json: JSONValue, _ table: TableSchema, symbols: inout SymbolTable
  ) throws(DatabaseError) {
    guard let parts = json.array else { throw .syntax("array expected", json) }
    var clauses: [Clause] = []
    clauses.reserveCapacity(parts.count)
    for part in parts { clauses.append(try Clause(part, table, symbols: &symbols)) }
    self.clauses = clauses
  }

  /// Whether all clauses hold, as operations have it.
  func holds(for row: Row) -> Bool {
    clauses.allSatisfy { $0.holds(for: row) }
  }

  /// Whether any clause holds, as monitors have it; without a clause all rows are meant.
  func holdsAny(for row: Row) -> Bool {
    clauses.isEmpty || clauses.contains { $0.holds(for: row) }
  }

  /// The values that columns must equal, by column.
  var equalities: [Int: Datum] {
    var values: [Int: Datum] = [:]
    for case .comparison(let column, .equal, let datum) in clauses { values[column] = datum }
    return values
  }
}

extension Condition.Clause {
  fileprivate init(
    _ json: JSONValue, _ table: TableSchema, symbols: inout SymbolTable
  ) throws(DatabaseError) {
    if let flag = json.boolean {
      self = .constant(flag)
      return
    }
    guard let parts = json.array, parts.count == 3, let name = parts[0].string,
      let word = parts[1].string
    else { throw .syntax("Parse error in condition.", json) }
    guard let column = table.place(of: name) else {
      throw .unknownColumn(name, table.name, json)
    }
    guard let function = Condition.Function(rawValue: word) else {
      throw DatabaseError("unknown function", "No function named \(word).")
    }
    var type = table.columns[column].type
    switch function {
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      guard type.isScalar || type.isOptionalScalar, type.key.type.isNumber else {
        throw .syntax(
          "Type mismatch: \"\(word)\" operator may not be applied to column \(name) of type "
            + "\(type.english).", json)
      }
      type = ColumnType(key: type.key)
    case .equal, .notEqual: break
    case .includes: if !type.isScalar { type = type.relaxed(keepingMost: true) }
    case .excludes: if !type.isScalar { type = type.relaxed() }
    }
    self = .comparison(column: column, function, try Datum(parts[2], type, symbols: &symbols))
  }

  func holds(for row: Row) -> Bool {
    switch self {
    case .constant(let flag): flag
    case .comparison(let column, let function, let argument):
      Self.holds(function, row.fields[column], argument)
    }
  }

  private static func holds(
    _ function: Condition.Function, _ field: Datum, _ argument: Datum
  ) -> Bool {
    switch function {
    case .equal: return field == argument
    case .notEqual: return field != argument
    case .includes: return field.includes(argument)
    case .excludes: return field.excludes(argument)
    case .less, .lessOrEqual, .greater, .greaterOrEqual: break
    }
    // A missing value is neither less nor more than any.
    guard let value = field.keys.first, let other = argument.keys.first else { return false }
    return switch function {
    case .less: value < other
    case .lessOrEqual: value <= other
    case .greaterOrEqual: value >= other
    default: value > other
    }
  }
}

extension AtomType {
  /// Whether one may calculate with it.
  var isNumber: Bool { self == .integer || self == .real }
}
