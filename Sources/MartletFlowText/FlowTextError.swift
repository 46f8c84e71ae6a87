/// Why a text is no flow, match or list of actions: what is wrong, with which word, and what would do.
public struct FlowTextError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The word that was not understood, as it was written.
  public let word: String
  /// What is wrong with it and what was expected, as a clause without a full stop.
  public let reason: String
  /// The line of a file, from 1; `nil` where the text was not a file.
  public let line: Int?

  /// Makes an error of a word and what is wrong with it.
  public init(_ word: String, _ reason: String, line: Int? = nil) {
    self.word = word
    self.reason = reason
    self.line = line
  }

  /// The error of the same word in a file's line.
  func inLine(_ line: Int) -> FlowTextError { FlowTextError(word, reason, line: line) }

  /// `line 3: nw_dst=1.2.3: not an IPv4 address`.
  public var description: String {
    let place = line.map { "line \($0): " } ?? ""
    return word.isEmpty ? place + reason : "\(place)\(word): \(reason)"
  }
}
