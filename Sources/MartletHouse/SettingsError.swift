/// What is wrong with a file of settings, where, and what would be right.
public struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file's name as it was given.
  public let file: String
  /// The line, counted from 1.
  public let line: Int
  /// The key, with those above it: `nodes[1].address`; empty for the whole file.
  public let key: String
  /// What is wrong, and what was expected.
  public let problem: String

  /// Says what is wrong, and where.
  package init(file: String, line: Int, key: String, problem: String) {
    self.file = file
    self.line = line
    self.key = key
    self.problem = problem
  }

  /// One line in the form that editors understand.
  public var description: String {
    key.isEmpty ? "\(file):\(line): \(problem)" : "\(file):\(line): \(key): \(problem)"
  }
}
