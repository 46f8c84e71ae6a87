/// What is wrong with a filter, and where.
public struct FilterError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The column of the word that is wrong, counted from 1 in characters; behind the end of the text
  /// when something is missing.
  public let column: Int
  /// What is wrong, and what would be right.
  public let problem: String

  /// One sentence.
  public var description: String { "column \(column): \(problem)" }
}
