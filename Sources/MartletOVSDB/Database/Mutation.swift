/// A change of a column relative to what it holds (RFC 7047, section 5.1, `<mutation>`).
struct Mutation {
  enum Mutator: String {
    case add = "+="
    case subtract = "-="
    case multiply = "*="
    case divide = "/="
    case remainder = "%="
    case insert, delete
  }

  let column: Int
  private let mutator: Mutator
  private let argument: Datum

  /// Reads one for a table.
  init(
    _ json: JSONValue, _ table: TableSchema, symbols: inout SymbolTable
  ) throws(DatabaseError) {
    guard let parts = json.array, parts.count == 3, let name = parts[0].string,
      let word = parts[1].string
    else { throw .syntax("Parse error in mutation.", json) }
    guard let column = table.place(of: name) else {
      throw .unknownColumn(name, table.name, json)
    }
    let schema = table.columns[column]
    guard schema.isMutable else {
      throw DatabaseError(
        "constraint violation",
        "Cannot mutate immutable column \(name) in table \(table.name).", syntax: json)
    }
    guard let mutator = Mutator(rawValue: word) else {
      throw DatabaseError("unknown mutator", "No mutator named \(word).")
    }
    self.column = column
    self.mutator = mutator
    let type = schema.type
    let mismatch = DatabaseError.syntax(
      "Type mismatch: \"\(word)\" operator may not be applied to column \(name) of type "
        + "\(type.english).", json)
    switch mutator {
    case .insert, .delete:
      guard !type.isScalar else { throw mismatch }
      argument = try Self.elements(parts[2], type, isDelete: mutator == .delete, &symbols)
    case .add, .subtract, .multiply, .divide, .remainder:
      guard !type.isMap, type.key.type.isNumber,
        mutator != .remainder || type.key.type == .integer
      else { throw mismatch }
      argument = try Datum(
        parts[2], ColumnType(key: BaseType(type.key.type)), symbols: &symbols)
    }
  }

  private static func elements(
    _ json: JSONValue, _ type: ColumnType, isDelete: Bool, _ symbols: inout SymbolTable
  ) throws(DatabaseError) -> Datum {
    let relaxed = type.relaxed(keepingMost: !isDelete)
    do throws(DatabaseError) {
      return try Datum(json, relaxed, symbols: &symbols)
    } catch {
      // From a map one may also delete by keys alone.
      guard isDelete, type.isMap else { throw error }
      return try Datum(
        json, ColumnType(key: type.key, least: 0, most: .max), symbols: &symbols)
    }
  }

  /// Changes a row.
  func apply(to row: inout Row, _ table: TableSchema) throws(DatabaseError) {
    let type = table.columns[column].type
    switch mutator {
    case .insert: row.fields[column].formUnion(argument)
    case .delete: row.fields[column].subtract(argument)
    case .add, .subtract, .multiply, .divide, .remainder:
      return try calculate(&row.fields[column], type)
    }
    let count = row.fields[column].count
    guard count >= type.least, count <= type.most else {
      throw .constraintViolation("Attempted to store \(count) elements in \(type.english).")
    }
  }

  private func calculate(_ datum: inout Datum, _ type: ColumnType) throws(DatabaseError) {
    guard let operand = argument.keys.first else { return }
    for index in datum.keys.indices {
      switch (datum.keys[index], operand) {
      case (.integer(let left), .integer(let right)):
        datum.keys[index] = .integer(try calculate(left, right))
      case (.real(let left), .real(let right)):
        datum.keys[index] = .real(try calculate(left, right))
      default: continue
      }
      try type.key.check(datum.keys[index])
    }
    datum.keys.sort()
    for index in datum.keys.indices.dropFirst() where datum.keys[index] == datum.keys[index - 1] {
      throw .constraintViolation(
        "Result of \"\(mutator.rawValue)\" operation contains duplicates.")
    }
  }

  private func calculate(_ left: Int64, _ right: Int64) throws(DatabaseError) -> Int64 {
    let result: (partialValue: Int64, overflow: Bool)
    switch mutator {
    case .add: result = left.addingReportingOverflow(right)
    case .subtract: result = left.subtractingReportingOverflow(right)
    case .multiply: result = left.multipliedReportingOverflow(by: right)
    case .divide, .remainder:
      guard right != 0 else { throw DatabaseError("domain error", "Division by zero.") }
      result =
        mutator == .divide
        ? left.dividedReportingOverflow(by: right)
        : left.remainderReportingOverflow(dividingBy: right)
    case .insert, .delete: return left
    }
    guard !result.overflow else { throw rangeError }
    return result.partialValue
  }

  private func calculate(_ left: Double, _ right: Double) throws(DatabaseError) -> Double {
    let result: Double
    switch mutator {
    case .add: result = left + right
    case .subtract: result = left - right
    case .multiply: result = left * right
    case .divide:
      guard right != 0 else { throw DatabaseError("domain error", "Division by zero.") }
      result = left / right
    case .remainder, .insert, .delete: return left
    }
    guard result.isFinite else { throw rangeError }
    return result
  }

  private var rangeError: DatabaseError {
    DatabaseError(
      "range error", "Result of \"\(mutator.rawValue)\" operation is out of range.")
  }
}
