/// A table of a database (RFC 7047, section 3.2, `<table-schema>`).
public struct TableSchema: Sendable {
  /// The place of `_uuid` in every row.
  static let uuidColumn = 0
  /// The place of `_version` in every row.
  static let versionColumn = 1

  /// Its name.
  public let name: String
  /// Every column, `_uuid` and `_version` first.
  public let columns: [ColumnSchema]
  /// Whether rows live without anybody referring to them.
  public let isRoot: Bool
  /// The largest number of rows; `.max` when there is none.
  public let maximumRows: Int
  /// Sets of columns whose values no two rows share, by their places.
  public let indexes: [[Int]]

  private let places: [String: Int]
  /// What a new row holds.
  let defaults: [Datum]
  /// The columns that refer to rows, by their places.
  let strongColumns: [Int]
  let weakColumns: [Int]

  /// A table.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - columns: Its columns, without `_uuid` and `_version`.
  ///   - isRoot: Whether rows live without anybody referring to them.
  ///   - maximumRows: The largest number of rows.
  ///   - indexes: Sets of names of its columns; one that has an unknown name is left out.
  public init(
    _ name: String, columns: [ColumnSchema], isRoot: Bool = false, maximumRows: Int = .max,
    indexes: [[String]] = []
  ) {
    let all =
      [
        ColumnSchema("_uuid", .uuid, isMutable: false),
        ColumnSchema("_version", .uuid, isEphemeral: true, isMutable: false),
      ] + columns
    let places = Dictionary(all.enumerated().map { ($1.name, $0) }) { first, _ in first }
    self.name = name
    self.columns = all
    self.isRoot = isRoot
    self.maximumRows = maximumRows
    self.indexes = indexes.compactMap { names in
      let found = names.compactMap { places[$0] }
      return found.count == names.count ? found : nil
    }
    self.places = places
    defaults = all.map(\.type.defaultDatum)
    strongColumns = all.indices.filter {
      all[$0].type.key.isStrongReference || all[$0].type.value?.isStrongReference == true
    }
    weakColumns = all.indices.filter {
      all[$0].type.key.isWeakReference || all[$0].type.value?.isWeakReference == true
    }
  }

  /// The place of a column in every row; `nil` when there is no such column.
  public func place(of column: String) -> Int? { places[column] }

  /// Its own columns, without `_uuid` and `_version`.
  var ownColumns: ArraySlice<ColumnSchema> { columns.dropFirst(2) }
}
