/// Which row of which table.
public struct RowPlace: Hashable, Sendable {
  /// The table's place in the schema.
  public let table: Int
  /// The row's name.
  public let uuid: DatabaseUUID
}
