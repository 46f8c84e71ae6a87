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
  func holds(for row: Row, _ table: TableSchema) -> Bool {
    clauses.allSatisfy { $0.holds(for: row, table) }
  }

  /// Whether any clause holds, as monitors have it; without a clause all rows are meant.
  func holdsAny(for row: Row, _ table: TableSchema) -> Bool {
    clauses.isEmpty || clauses.contains { $0.holds(for: row, table) }
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
    case .equal, .notEqual: break
    case .includes: if !type.isScalar { type = type.relaxed(keepingMost: true) }
    case .excludes: if !type.isScalar { type = type.relaxed() }
    }
    self = .comparison(column: column, function, try Datum(parts[2], type, symbols: &symbols))
  }

  func holds(for row: Row, _ table: TableSchema) -> Bool {
    switch self {
    case .constant(let flag): flag
    case .comparison(let column, let function, let argument):
      Self.holds(function, row.fields[column], argument, table.columns[column].type)
    }
  }

  private static func holds(
    _ function: Condition.Function, _ field: Datum, _ argument: Datum, _ type: ColumnType
  ) -> Bool {
    if type.isScalar || type.isOptionalScalar {
      if let value = field.keys.first, let other = argument.keys.first {
        return switch function {
        case .less: value < other
        case .lessOrEqual: value <= other
        case .equal, .includes: value == other
        case .notEqual, .excludes: value != other
        case .greaterOrEqual: value >= other
        case .greater: value > other
        }
      }
      // A missing value is neither less nor more than any.
      switch function {
      case .less, .lessOrEqual, .greater, .greaterOrEqual: return false
      case .equal, .notEqual, .includes, .excludes: break
      }
    }
    return switch function {
    case .equal: field == argument
    case .notEqual: field != argument
    case .includes: field.includes(argument)
    case .excludes: field.excludes(argument)
    case .less, .lessOrEqual, .greater, .greaterOrEqual: false
    }
  }
}

extension AtomType {
  /// Whether one may calculate with it.
  var isNumber: Bool { self == .integer || self == .real }
}
