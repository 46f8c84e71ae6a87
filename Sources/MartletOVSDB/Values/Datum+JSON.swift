extension Datum {
  /// As the protocol writes it (RFC 7047, section 5.1, `<value>`).
  public func json(_ type: ColumnType) -> JSONValue {
    if type.isMap {
      let pairs = keys.indices.map { JSONValue.array([keys[$0].json, values[$0].json]) }
      return .array([.string("map"), .array(pairs)])
    }
    if keys.count == 1 { return keys[0].json }
    return .array([.string("set"), .array(keys.map(\.json))])
  }

  /// Reads a value of a column.
  ///
  /// - Parameters:
  ///   - json: The value.
  ///   - type: The column's type.
  ///   - symbols: Gives named UUIDs their rows.
  /// - Throws: `syntax error` for what is of another form or number, `constraint violation` for
  ///   what the type forbids.
  init(
    _ json: JSONValue, _ type: ColumnType, symbols: inout SymbolTable
  ) throws(DatabaseError) {
    self.init()
    if let value = type.value {
      let pairs = try Self.tagged("map", json)
      guard let pairs else { throw .syntax("expected an array of \"map\" and pairs", json) }
      try Self.checkCount(pairs.count, type, json)
      var atoms: [(Atom, Atom)] = []
      atoms.reserveCapacity(pairs.count)
      for pair in pairs {
        guard let parts = pair.array, parts.count == 2 else {
          throw .syntax("expected 2-element array", pair)
        }
        atoms.append(
          (try Atom(parts[0], type.key, &symbols), try Atom(parts[1], value, &symbols)))
      }
      try fill(atoms)
    } else if let elements = try Self.tagged("set", json) {
      try Self.checkCount(elements.count, type, json)
      var atoms: [Atom] = []
      atoms.reserveCapacity(elements.count)
      for element in elements { atoms.append(try Atom(element, type.key, &symbols)) }
      try fill(atoms)
    } else {
      try Self.checkCount(1, type, json)
      keys = [try Atom(json, type.key, &symbols)]
    }
  }

  /// The elements after a tag; `nil` when it is another value.
  private static func tagged(
    _ tag: String, _ json: JSONValue
  ) throws(DatabaseError) -> [JSONValue]? {
    guard let parts = json.array, parts.first?.string == tag else { return nil }
    guard parts.count == 2, let elements = parts[1].array else {
      throw .syntax("expected an array after \"\(tag)\"", json)
    }
    return elements
  }

  private static func checkCount(
    _ count: Int, _ type: ColumnType, _ json: JSONValue
  ) throws(DatabaseError) {
    guard count < type.least || count > type.most else { return }
    let most = type.most == .max ? "any number of" : "\(type.most)"
    throw .syntax(
      "\(type.english) must have \(type.least) to \(most) members but \(count) are present", json)
  }

  private mutating func fill(_ atoms: [Atom]) throws(DatabaseError) {
    keys = atoms.isSorted { $0 < $1 } ? atoms : atoms.sorted()
    for index in keys.indices.dropFirst() where keys[index] == keys[index - 1] {
      throw DatabaseError("ovsdb error", "set contains duplicate")
    }
  }

  private mutating func fill(_ pairs: [(Atom, Atom)]) throws(DatabaseError) {
    let sorted = pairs.sorted { $0.0 < $1.0 }
    keys = sorted.map(\.0)
    values = sorted.map(\.1)
    for index in keys.indices.dropFirst() where keys[index] == keys[index - 1] {
      throw DatabaseError("ovsdb error", "map contains duplicate key")
    }
  }
}

extension Atom {
  /// Reads one atom and checks it (RFC 7047, section 5.1, `<atom>`).
  init(
    _ json: JSONValue, _ base: BaseType, _ symbols: inout SymbolTable
  ) throws(DatabaseError) {
    switch (base.type, json) {
    case (.integer, .integer(let number)): self = .integer(number)
    case (.real, .integer(let number)): self = .real(Double(number))
    case (.real, .real(let number)): self = .real(number)
    case (.boolean, .boolean(let flag)): self = .boolean(flag)
    case (.string, .string(let text)): self = .string(text)
    case (.uuid, .array(let parts)):
      self = .uuid(try Self.uuid(parts, json, &symbols))
    default: throw .syntax("expected \(base.type.rawValue)", json)
    }
    if base.constraint != .none { try base.check(self) }
  }

  private static func uuid(
    _ parts: [JSONValue], _ json: JSONValue, _ symbols: inout SymbolTable
  ) throws(DatabaseError) -> DatabaseUUID {
    guard parts.count == 2, let tag = parts[0].string, let text = parts[1].string else {
      throw .syntax("expected uuid", json)
    }
    switch tag {
    case "uuid":
      guard let uuid = DatabaseUUID(text) else {
        throw .syntax("\"\(text)\" is not a valid UUID", json)
      }
      return uuid
    case "named-uuid": return symbols.uuid(named: text)
    default: throw .syntax("expected uuid", json)
    }
  }
}

extension Array {
  /// Whether each element precedes the next.
  fileprivate func isSorted(by precedes: (Element, Element) -> Bool) -> Bool {
    indices.dropFirst().allSatisfy { precedes(self[$0 - 1], self[$0]) }
  }
}
