/// What is wrong with an option of a port.
public struct OptionError: Error, Equatable, Sendable {
  /// The option's name; empty for all together.
  public let option: String
  /// What is wrong, and what was expected.
  public let problem: String
}
