/// The rows of one database, in memory. One owner; it does no I/O.
public final class Database {
  /// What it holds.
  public let schema: DatabaseSchema
  var tables: [TableStore]
  /// Names the present state.
  public internal(set) var state: DatabaseUUID
  /// Makes the names of rows, versions and states.
  var generator: UUIDGenerator

  /// An empty database.
  public init(_ schema: DatabaseSchema, generator: UUIDGenerator = UUIDGenerator()) {
    self.schema = schema
    self.generator = generator
    tables = schema.tables.map { TableStore($0) }
    state = self.generator.next()
  }

  /// The number of rows in all tables.
  public var rowCount: Int { tables.reduce(0) { $0 + $1.rows.count } }

  /// A row; `nil` when it is not there.
  public func row(_ place: RowPlace) -> Row? { tables[place.table].rows[place.uuid] }

  /// The rows of a table, in the order of their names; none if there is no such table.
  public func rows(of table: String) -> [(uuid: DatabaseUUID, row: Row)] {
    guard let place = schema.place(of: table) else { return [] }
    return tables[place].rows.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
