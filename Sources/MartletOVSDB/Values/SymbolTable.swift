/// The names that a transaction gives to rows it inserts (RFC 7047, section 5.1, `<named-uuid>`).
///
/// A name may be used before its row is inserted.
struct SymbolTable {
  private var uuids: [String: DatabaseUUID] = [:]
  private var inserted: Set<String> = []
  /// Also makes the UUIDs of rows without a name.
  var generator: UUIDGenerator

  init(generator: UUIDGenerator) { self.generator = generator }

  /// The UUID of the row of that name, chosen at the first use.
  mutating func uuid(named name: String) -> DatabaseUUID {
    if let uuid = uuids[name] { return uuid }
    let uuid = generator.next()
    uuids[name] = uuid
    return uuid
  }

  /// Gives a name to a row that is inserted now, with the UUID that was asked for.
  ///
  /// - Returns: The row's UUID; `nil` when an earlier row has the name.
  mutating func insert(_ name: String, as chosen: DatabaseUUID?) -> DatabaseUUID? {
    guard inserted.insert(name).inserted else { return nil }
    if let chosen { uuids[name] = chosen }
    return uuid(named: name)
  }
}
