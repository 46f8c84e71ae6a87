/// A column of a table (RFC 7047, section 3.2, `<column-schema>`).
public struct ColumnSchema: Hashable, Sendable {
  /// Its name.
  public let name: String
  /// What it holds.
  public let type: ColumnType
  /// Whether its value may be forgotten at the end: it is not written to the file.
  public let isEphemeral: Bool
  /// Whether a row may change it after it was inserted.
  public let isMutable: Bool

  /// A column.
  public init(
    _ name: String, _ type: ColumnType, isEphemeral: Bool = false, isMutable: Bool = true
  ) {
    self.name = name
    self.type = type
    self.isEphemeral = isEphemeral
    self.isMutable = isMutable
  }
}
