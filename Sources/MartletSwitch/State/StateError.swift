internal import MartletReadiness

/// Why the state of a switch could not be read or written.
public struct StateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file or folder.
  public let path: String
  /// What failed, and what to do.
  public let problem: String

  init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  init(path: String, call: String, code: Int32) {
    self.path = path
    problem = "\(SystemError(call, code: code))"
  }

  /// One sentence for a person.
  public var description: String { "\(path): \(problem)" }
}
