/// A transaction that was made: what a file, a monitor and a switch need of it.
public struct Commit: Sendable {
  /// Names the state after it.
  public let identifier: DatabaseUUID
  /// What changed, row by row, in a fixed order.
  public let changes: [(place: RowPlace, change: RowChange)]
  /// The comments of its operations, one a line.
  public let comment: String
}
