/// What a transaction did to a row.
public struct RowChange: Sendable {
  /// The row before; `nil` when it was inserted.
  public let old: Row?
  /// The row after; `nil` when it was deleted.
  public internal(set) var new: Row?
}
