/// What a database holds (RFC 7047, section 3.2, `<database-schema>`).
public struct DatabaseSchema: Sendable {
  /// The database's name.
  public let name: String
  /// Its version, such as "8.3.1".
  public let version: String
  /// What tells two schemas of one version apart; an opaque text.
  public let checksum: String?
  /// Every table.
  public let tables: [TableSchema]

  private let places: [String: Int]
  /// Whether tables said which of them are roots, and so shall the JSON.
  let marksRoots: Bool

  /// A schema. If no table is a root, all are (RFC 7047, section 3.2).
  public init(name: String, version: String, checksum: String? = nil, tables: [TableSchema]) {
    self.name = name
    self.version = version
    self.checksum = checksum
    marksRoots = tables.contains(where: \.isRoot)
    self.tables =
      marksRoots
      ? tables
      : tables.map { table in
        TableSchema(
          table.name, columns: Array(table.ownColumns), isRoot: true,
          maximumRows: table.maximumRows,
          indexes: table.indexes.map { $0.map { table.columns[$0].name } })
      }
    places = Dictionary(tables.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  /// The place of a table; `nil` when there is no such table.
  public func place(of table: String) -> Int? { places[table] }
}
